internal import Foundation
internal import SluiceAudit

/// What the programs that keep secrets write, as names and values.
enum ImportShape {
  typealias Entry = (name: [String], value: JSONValue)

  /// The secrets of a document that one of the known programs wrote; nil if none did.
  static func entries(of json: JSONValue) -> [Entry]? {
    awsSecrets(json) ?? awsParameters(json) ?? azure(json) ?? hashicorpVault(json)
      ?? onePasswordItem(json) ?? onePasswordExport(json) ?? kubernetes(json)
  }

  /// A text that is itself a JSON object holds one secret for each of its members.
  private static func opened(_ name: [String], _ text: String) -> Entry {
    if let inner = try? JSONValue(parsing: Array(text.utf8)), inner.members != nil {
      return (name, inner)
    }
    return (name, .string(text))
  }

  private static func segments(_ name: String) -> [String] {
    name.split(separator: "/").map(String.init)
  }

  private static func decoded(_ base64: String) -> String? {
    guard let data = Data(base64Encoded: base64) else { return nil }
    return String(validating: data, as: UTF8.self)
  }

  // MARK: - Programs

  /// Reads `aws secretsmanager get-secret-value` and `batch-get-secret-value`.
  private static func awsSecrets(_ json: JSONValue) -> [Entry]? {
    if let list = json["SecretValues"]?.elements {
      return list.flatMap { awsSecrets($0) ?? [] }
    }
    guard let name = json["Name"]?.text else { return nil }
    if let text = json["SecretString"]?.text { return [opened(segments(name), text)] }
    guard let text = json["SecretBinary"]?.text.flatMap(decoded) else { return nil }
    return [(segments(name), .string(text))]
  }

  /// Reads `aws ssm get-parameter`, `get-parameters` and `get-parameters-by-path`.
  private static func awsParameters(_ json: JSONValue) -> [Entry]? {
    let list = json["Parameters"]?.elements ?? json["Parameter"].map { [$0] }
    guard let list, list.allSatisfy({ $0["Name"]?.text != nil && $0["Value"]?.text != nil }) else {
      return nil
    }
    return list.compactMap { parameter in
      guard let name = parameter["Name"]?.text, let value = parameter["Value"]?.text else {
        return nil
      }
      return (segments(name), .string(value))
    }
  }

  /// Reads `az keyvault secret show`.
  private static func azure(_ json: JSONValue) -> [Entry]? {
    guard let identifier = json["id"]?.text, identifier.contains(".vault.azure"),
      let name = json["name"]?.text, let value = json["value"]?.text
    else { return nil }
    return [([name], .string(value))]
  }

  /// `vault kv get -format=json`; version 2 has the data in the data.
  private static func hashicorpVault(_ json: JSONValue) -> [Entry]? {
    guard json["request_id"] != nil, json["lease_id"] != nil, let data = json["data"] else {
      return nil
    }
    return [([], data["metadata"] == nil ? data : data["data"] ?? data)]
  }

  /// Reads `op item get --format json`, also of several items.
  private static func onePasswordItem(_ json: JSONValue) -> [Entry]? {
    if let list = json.elements, !list.isEmpty {
      let items = list.map(onePasswordItem)
      return items.contains { $0 == nil } ? nil : items.flatMap { $0 ?? [] }
    }
    guard let title = json["title"]?.text, let fields = json["fields"]?.elements else {
      return nil
    }
    return fields.compactMap { field in
      guard let label = field["label"]?.text, let value = field["value"]?.text, !value.isEmpty
      else { return nil }
      return ([title, label], .string(value))
    }
  }

  /// Reads `export.data` of a 1Password export (`.1pux`).
  private static func onePasswordExport(_ json: JSONValue) -> [Entry]? {
    guard let accounts = json["accounts"]?.elements else { return nil }
    let vaults = accounts.flatMap { $0["vaults"]?.elements ?? [] }
    return vaults.flatMap { vault -> [Entry] in
      let vaultName = vault["attrs"]?["name"]?.text ?? "vault"
      return (vault["items"]?.elements ?? []).flatMap { wrapped -> [Entry] in
        // Older exports wrap each item once more.
        let item = wrapped["item"] ?? wrapped
        guard let title = item["overview"]?["title"]?.text, let details = item["details"] else {
          return []
        }
        return onePasswordDetails(details).map { ([vaultName, title] + $0.name, $0.value) }
      }
    }
  }

  private static func onePasswordDetails(_ details: JSONValue) -> [Entry] {
    var entries: [Entry] = []
    for field in details["loginFields"]?.elements ?? [] {
      guard let value = field["value"]?.text, !value.isEmpty else { continue }
      let name = [field["designation"]?.text, field["name"]?.text].compactMap { $0 }
        .first { !$0.isEmpty }
      entries.append(([name ?? "field"], .string(value)))
    }
    if let password = details["password"]?.text, !password.isEmpty {
      entries.append((["password"], .string(password)))
    }
    for section in details["sections"]?.elements ?? [] {
      for field in section["fields"]?.elements ?? [] {
        guard let title = field["title"]?.text,
          let value = field["value"]?.members?.first?.value.text, !value.isEmpty
        else { continue }
        entries.append(([title], .string(value)))
      }
    }
    return entries
  }

  /// Reads `kubectl get secret -o json` or `-o yaml`, also of several secrets.
  private static func kubernetes(_ json: JSONValue) -> [Entry]? {
    if json["kind"]?.text == "List", let items = json["items"]?.elements {
      return items.flatMap { kubernetes($0) ?? [] }
    }
    guard json["kind"]?.text == "Secret", let name = json["metadata"]?["name"]?.text else {
      return nil
    }
    let encoded = (json["data"]?.members ?? []).compactMap { member -> Entry? in
      guard let text = member.value.text.flatMap(decoded) else { return nil }
      return ([name, member.name], .string(text))
    }
    let plain = (json["stringData"]?.members ?? []).map { ([name, $0.name], $0.value) }
    return encoded + plain
  }
}
