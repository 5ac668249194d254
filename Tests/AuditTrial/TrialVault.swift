import Foundation
import SluiceCrypto
import SluiceVault

/// A vault that a trial makes and throws away.
enum TrialVault {
  private static func sealer(_ seal: SealDescription) throws -> MaterialSealer {
    let bytes = Array("the key of a trial, of no use to anybody".utf8)
    return try seal.sealer(SecretBytes(copying: bytes.span))
  }

  static func person() throws -> Requester { try Requester(.operator("trial")) }

  static func create(in folder: String) throws -> Vault {
    try Vault.create(home: folder, sealer: try sealer(.keyFile(hint: nil)), by: person())
  }

  static func open(_ folder: String) throws -> Vault {
    let vault = try Vault.open(home: folder)
    try vault.unseal(with: try sealer(vault.sealDescription()))
    return vault
  }

  /// A folder that is not there yet.
  static func newFolder(in parent: String?) -> String {
    let parent = parent.map { URL(fileURLWithPath: $0) } ?? FileManager.default.temporaryDirectory
    return parent.appendingPathComponent("sluice-trial-\(UUID().uuidString)").path
  }
}
