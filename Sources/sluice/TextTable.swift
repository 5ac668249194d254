internal import SluiceAudit

/// Rows for people, with columns as wide as their widest cell.
enum TextTable {
  static func print(_ header: [String], _ rows: [[String]]) {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    for row in all {
      let cells = zip(row, widths).map { cell, width in
        cell + String(repeating: " ", count: width - cell.count)
      }
      var line = cells.joined(separator: "  ")
      while line.hasSuffix(" ") { line.removeLast() }
      Swift.print(line)
    }
  }

  static func print(json: JSONValue) { Swift.print(json.canonicalText) }
}
