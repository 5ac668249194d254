internal import Foundation
internal import SluiceFilter

/// A JSON object whose members are taken as they stand, byte for byte.
struct JSONObjectText {
  private let bytes: [UInt8]
  private let members: [String: Range<Int>]

  /// Nil if it is no JSON object.
  init?(_ bytes: [UInt8]) {
    guard let ranges = JSONMembers.ranges(in: bytes.span) else { return nil }
    self.bytes = bytes
    var members: [String: Range<Int>] = [:]
    for range in ranges {
      guard let name = Self.string(bytes[range.name]) else { return nil }
      members[name] = range.value
    }
    self.members = members
  }

  /// The value of a member; of the last, if several have the name.
  func value(of name: String) -> [UInt8]? {
    members[name].map { Array(bytes[$0]) }
  }

  /// The value of a member that is a string.
  func string(_ name: String) -> String? { members[name].flatMap { Self.string(bytes[$0]) } }

  private static func string(_ bytes: ArraySlice<UInt8>) -> String? {
    try? JSONDecoder().decode(String.self, from: Data(bytes))
  }
}
