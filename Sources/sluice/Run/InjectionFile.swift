internal import Foundation
internal import SluiceVault
internal import Yams

/// A mapping file: what a program gets, in YAML.
enum InjectionFile {
  private static let known = [
    "tenant", "environment", "files", "descriptors", "stdin", "definitions",
  ]

  /// Adds what the file says to a plan.
  ///
  /// - Parameters:
  ///   - path: of the file; definitions are relative to it.
  ///   - tenant: of paths that name none, unless the file says another one.
  ///   - plan: is added to.
  /// - Throws: `SettingsError` with file and line.
  static func read(_ path: String, tenant: String, into plan: inout InjectionPlan) throws {
    guard let root = try SettingsFile.root(of: try Loading.text(ofFile: path), named: path) else {
      throw SettingsError(
        file: path, line: 0, reason: "maps nothing",
        remedy: "its keys are: \(known.joined(separator: ", "))")
    }
    let top = try SettingsFields(root, file: path, name: "the file", known: known)
    let tenant = try top.text("tenant") ?? tenant
    func reference(_ text: String, _ node: Node?) throws -> SecretReference {
      do {
        return try InjectionPlan.reference(text, tenant: tenant)
      } catch let error as VaultError {
        throw top.error(error.problem, at: node, error.remedy)
      }
    }
    for (name, text, node) in try entries("environment", of: top) {
      plan.variables.append((name, try reference(text, node)))
    }
    for (name, text, node) in try entries("files", of: top) {
      plan.files.append((name, try reference(text, node)))
    }
    for (name, text, node) in try entries("descriptors", of: top) {
      guard let number = Int32(name) else {
        throw top.error("a key of 'descriptors' must be a number", at: node)
      }
      plan.descriptors.append((number, try reference(text, node)))
    }
    if let text = try top.text("stdin") {
      plan.descriptors.append((0, try reference(text, top.node("stdin"))))
    }
    let folder = URL(filePath: path).deletingLastPathComponent()
    for (name, text, _) in try entries("definitions", of: top) {
      plan.definitions.append(
        (name, text.hasPrefix("/") ? text : folder.appending(path: text).relativePath))
    }
  }

  private static func entries(
    _ key: String, of top: SettingsFields
  ) throws -> [(name: String, text: String, node: Node)] {
    guard let node = top.node(key) else { return [] }
    guard let mapping = node.mapping, !mapping.isEmpty else {
      throw top.error("'\(key)' must map names to references", at: node)
    }
    return try mapping.map { name, value in
      guard let nameText = name.scalar?.string, let text = value.scalar?.string else {
        throw top.error("'\(key)' must map names to references", at: name)
      }
      return (nameText, text, value)
    }
  }
}
