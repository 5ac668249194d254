internal import Foundation

/// The value of the only string of a JSON object, or of its first key; nil if it does not parse.
func jsonString(_ text: [UInt8]) -> [UInt8]? {
  let object = try? JSONSerialization.jsonObject(with: Data(text)) as? [String: Any]
  guard let value = object?.values.first(where: { $0 is String }) as? String else { return nil }
  return Array(value.utf8)
}

package func base64(_ bytes: [UInt8]) -> [UInt8] { Array(Data(bytes).base64EncodedData()) }

func base64Decoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
  var usual = text.map {
    $0 == UInt8(ascii: "-") ? UInt8(ascii: "+") : $0 == UInt8(ascii: "_") ? UInt8(ascii: "/") : $0
  }
  while usual.last == UInt8(ascii: "=") { usual.removeLast() }
  while usual.count % 4 != 0 { usual.append(UInt8(ascii: "=")) }
  return Data(base64Encoded: Data(usual)).map { Array($0) }
}

func hexDecoded(_ text: ArraySlice<UInt8>) -> [UInt8]? {
  var bytes: [UInt8] = []
  var rest = text
  while let high = rest.popFirst() {
    guard let low = rest.popFirst(),
      let byte = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
    else { return nil }
    bytes.append(byte)
  }
  return bytes
}
