/// What is wrong with a log, an export or a proof.
package enum LogDamage: Error, Hashable {
  /// The file is none, or a line of it cannot be read; lines count from 1.
  case unreadable(line: Int, problem: String)
  /// The entry does not fit the hash that was kept of it.
  case changed(entry: UInt64)
  /// The entry is well-formed but names another place in the log.
  case moved(entry: UInt64, says: UInt64)
  /// Another entry stands where this one belongs.
  case missing(entry: UInt64, found: UInt64)
  case truncated(expected: UInt64, found: UInt64)
  /// The entry is older than the one in front of it.
  case backInTime(entry: UInt64)
  /// The entries from `intact` on are not those that the checkpoint was signed for.
  case rewritten(intact: UInt64, checkpoint: UInt64)
  /// A checkpoint that was signed earlier covers more than the log holds.
  case rolledBack(size: UInt64, checkpoint: UInt64)
  /// Two checkpoints of one size were signed for different entries: the log was shown as two.
  case splitView(size: UInt64)
  /// The log of `new` entries does not begin with the `old` ones that were signed for.
  case inconsistent(old: UInt64, new: UInt64)
  /// Entries are gone that no retention on record took away.
  case removed(from: UInt64, to: UInt64)
  case fewWitnesses(found: Int, needed: Int)
  /// A name does not belong to its pseudonym.
  case otherName(String)
  case untrusted(NoteError)
  case otherLog(expected: String, found: String)
  /// A record of the store is another one than the entry left that changed it last.
  case otherRecord(String, entry: UInt64)
  /// The proof's entry is not in the tree of its checkpoint.
  case notIncluded(entry: UInt64)

  package var problem: String {
    switch self {
    case .unreadable(let line, let problem): "line \(line) is unreadable: \(problem)"
    case .changed(let entry): "entry \(entry) was changed: it does not fit its hash"
    case .moved(let entry, let says): "entry \(entry) was moved: it says that it is entry \(says)"
    case .missing(let entry, let found):
      found > entry
        ? "entry \(entry) is missing: entry \(found) stands in its place"
        : "entry \(found) stands again where entry \(entry) belongs"
    case .truncated(let expected, let found):
      "the log ends after \(found) entries, its checkpoint covers \(expected)"
    case .backInTime(let entry): "entry \(entry) is older than the one in front of it"
    case .rewritten(let intact, let checkpoint):
      "entries \(intact) to \(checkpoint - 1) are not those that the checkpoint of "
        + "\(checkpoint) entries was signed for"
    case .rolledBack(let size, let checkpoint):
      "the log was rolled back: it has \(size) entries, a checkpoint of \(checkpoint) was signed"
    case .splitView(let size):
      "two checkpoints of \(size) entries were signed for different logs"
    case .inconsistent(let old, let new):
      "the log of \(new) entries does not continue the log of \(old) entries"
    case .removed(let from, let to):
      "entries \(from) to \(to - 1) were removed, and the log holds no retention that did it"
    case .fewWitnesses(let found, let needed):
      "the checkpoint has the signatures of \(found) known witnesses, \(needed) are needed"
    case .otherName(let pseudonym): "the name given for '\(pseudonym)' is not its name"
    case .untrusted(.malformed(let problem)): "the checkpoint is unreadable: \(problem)"
    case .untrusted(.wrongSignature(let name)): "the checkpoint has a forged signature by '\(name)'"
    case .untrusted(.unsigned(let names)):
      "the checkpoint is not signed by \(names.map { "'\($0)'" }.joined(separator: " or "))"
    case .otherLog(let expected, let found):
      "the checkpoint is of the log '\(found)', not of '\(expected)'"
    case .otherRecord(let name, let entry):
      "\(name) is not as entry \(entry) of the log left it"
    case .notIncluded(let entry):
      "entry \(entry) is not in the log that the checkpoint was signed for"
    }
  }

  package var remedy: String? {
    switch self {
    case .unreadable: "give a file that 'sluice audit export' or 'sluice audit prove' wrote"
    case .untrusted(.unsigned), .otherLog: "check that --key is the public key of this log"
    case .untrusted(.malformed): nil
    case .fewWitnesses: "name every witness with --witness, or ask for fewer with --quorum"
    default: "keep the file as evidence and compare it with a copy from elsewhere"
    }
  }
}
