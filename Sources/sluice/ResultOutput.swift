internal import Glibc
internal import SluiceFilter

/// Writes results to standard output.
///
/// Unlike `print` it says when the bytes did not arrive: a full disk must not be taken for a
/// short list.
func writeResult(_ text: String) throws(IOError) {
  var output = Descriptor(borrowing: STDOUT_FILENO, named: "standard output")
  let bytes = Array(text.utf8)
  try output.write(bytes.span)
}

/// Writes results line by line.
func writeResult(lines: [String]) throws(IOError) {
  try writeResult(lines.map { $0 + "\n" }.joined())
}
