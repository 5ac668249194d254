import ArgumentParser
import CHyperscan
import Foundation

/// Compiles all rules into one database and says what had to be changed for it.
struct CompileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "compile")

  @Flag(help: "Report where matches start (SOM), as masking needs; else only their ends.")
  var starts = false

  @Argument(help: "Rules as sluice-engine-bench describes them.")
  var rules: String

  @Argument(help: "The database to write.")
  var database: String

  private struct Rule: Decodable {
    let id: String
    let expression: String
    let boundary: String
  }

  private struct Report: Encodable {
    var compiled = 0
    var withoutBoundary = 0
    var withoutAssertions = 0
    var loosened = 0
    var withoutStart = 0
    var refused: [String] = []
    var seconds = 0.0
    var databaseBytes = 0
  }

  func run() throws {
    let list = try JSONDecoder().decode(
      [Rule].self, from: Data(contentsOf: URL(fileURLWithPath: rules)))
    var report = Report()
    var accepted: [(rule: Rule, form: Form, expression: Expression)] = []
    for rule in list {
      guard let (form, expression) = acceptedForm(of: rule.expression) else {
        report.refused.append(rule.id)
        continue
      }
      accepted.append((rule, form, expression))
    }
    let start = ContinuousClock.now
    let compiled = try Expression.compile(accepted.map(\.expression))
    let elapsed = ContinuousClock.now - start
    report.seconds = elapsed / .seconds(1)
    try compiled.write(to: URL(fileURLWithPath: database))
    report.compiled = accepted.count
    report.withoutBoundary = accepted.count { $0.rule.boundary != "none" }
    report.withoutAssertions = accepted.count {
      $0.form >= .plain && Form.plain.applied(to: $0.rule.expression) != $0.rule.expression
    }
    report.loosened = accepted.count { $0.form >= .loose }
    report.withoutStart = starts ? accepted.count { !$0.expression.reportsStart } : 0
    report.databaseBytes = compiled.count
    print(String(decoding: try JSONEncoder().encode(report), as: UTF8.self))
  }

  /// The least changed form that Hyperscan takes; better one without its start than none.
  private func acceptedForm(of text: String) -> (Form, Expression)? {
    for reportsStart in starts ? [true, false] : [false] {
      for form in Form.allCases {
        let expression = Expression(
          text: form.applied(to: text), reportsStart: reportsStart)
        if expression.isAccepted { return (form, expression) }
      }
    }
    return nil
  }
}

/// An expression as it is handed to Hyperscan.
private struct Expression {
  let text: String
  let reportsStart: Bool

  private var flags: UInt32 { reportsStart ? UInt32(HS_FLAG_SOM_LEFTMOST) : 0 }

  var isAccepted: Bool {
    var database: OpaquePointer?
    var failure: UnsafeMutablePointer<hs_compile_error_t>?
    let status = hs_compile(
      text, flags, UInt32(HS_MODE_BLOCK), nil, &database, &failure)
    hs_free_compile_error(failure)
    hs_free_database(database)
    return status == HS_SUCCESS
  }

  /// - Returns: the database, serialised.
  static func compile(_ expressions: [Expression]) throws -> Data {
    let texts = expressions.map { strdup($0.text) }
    defer { texts.forEach { free($0) } }
    let pointers = texts.map { UnsafePointer($0) }
    let flags = expressions.map(\.flags)
    let ids = expressions.indices.map { UInt32($0) }
    var database: OpaquePointer?
    var failure: UnsafeMutablePointer<hs_compile_error_t>?
    let status = hs_compile_multi(
      pointers, flags, ids, UInt32(expressions.count), UInt32(HS_MODE_BLOCK), nil, &database,
      &failure)
    guard status == HS_SUCCESS, let database else {
      let reason = failure?.pointee.message.map { String(cString: $0) } ?? "status \(status)"
      throw HyperscanError("Hyperscan does not take the rules together: \(reason)")
    }
    defer { hs_free_database(database) }
    var bytes: UnsafeMutablePointer<CChar>?
    var length = 0
    guard hs_serialize_database(database, &bytes, &length) == HS_SUCCESS, let bytes else {
      throw HyperscanError("the database cannot be serialised")
    }
    return Data(bytesNoCopy: bytes, count: length, deallocator: .free)
  }
}
