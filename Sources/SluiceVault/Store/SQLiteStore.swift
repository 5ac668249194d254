internal import Foundation
internal import GRDB
internal import Synchronization

/// The vault's database: one SQLite file, several processes, durable before acknowledged (G8, G9).
///
/// Plain SQL over a queue, no record types, so that a second kind of store can read alike. Writers
/// take turns by `BEGIN IMMEDIATE` and wait for each other.
final class SQLiteStore: Sendable {
  private let queue: DatabaseQueue
  /// For tests of what a crash leaves: so many more transactions succeed.
  private let remaining = Mutex<Int?>(nil)
  private let commits = CommitGroup()
  /// What is done last in every transaction.
  private let finish = Mutex<Finish?>(nil)

  /// How long a writer waits for the others.
  private static let patience: TimeInterval = 30

  /// - Parameters:
  ///   - path: the database file; created if need be.
  ///   - mostPages: where the database ends, for tests of a full disk.
  /// - Throws: `VaultError.store`.
  init(path: String, mostPages: Int? = nil) throws(VaultError) {
    var configuration = Configuration()
    configuration.busyMode = .timeout(Self.patience)
    configuration.foreignKeysEnabled = true
    configuration.prepareDatabase { database in
      // Not `Configuration.journalMode`: that sets synchronous to NORMAL behind our back, with
      // which a power cut loses the newest commits.
      try database.execute(sql: "PRAGMA journal_mode = WAL")
      // FULL: a commit returns when the log is on disk. secure_delete: what was deleted is
      // overwritten, so that a destroyed key does not stay behind in a free page.
      try database.execute(sql: "PRAGMA synchronous = FULL")
      try database.execute(sql: "PRAGMA secure_delete = ON")
      try database.execute(sql: "PRAGMA trusted_schema = OFF")
      if let mostPages { try database.execute(sql: "PRAGMA max_page_count = \(mostPages)") }
    }
    do {
      queue = try DatabaseQueue(path: path, configuration: configuration)
      try Schema.migrator.migrate(queue)
    } catch {
      throw Self.explained(error)
    }
  }

  /// A closure in a structure: read out of a generic `Mutex` by itself, it would be wrapped once
  /// more each time, and grow slower with every transaction.
  private struct Finish {
    let run: @Sendable (StoreTransaction) throws -> Void
  }

  /// Runs `body` in a transaction: all of it is durable when this returns, or none.
  ///
  /// Threads that write at the same time share a transaction. If the database fails in it, all of
  /// them fail; if only one `body` throws, only what that one did is undone.
  func write<Result>(
    _ body: (StoreTransaction) throws -> Result
  ) throws -> Result {
    try remaining.withLock { left throws(VaultError) in
      if left == 0 { throw .store(problem: "it was told to fail") }
      left = left.map { $0 - 1 }
    }
    var result: Result?
    try withoutActuallyEscaping(body) { body in
      let job = CommitGroup.Job { result = try body($0) }
      commits.perform(job) { commit($0) }
      if let error = job.failure as? DatabaseError { throw Self.explained(error) }
      if let failure = job.failure { throw failure }
    }
    guard let result else { preconditionFailure("a job that neither failed nor gave a result") }
    return result
  }

  /// Sets what is done last in every transaction, before it is committed.
  func beforeCommit(_ body: @escaping @Sendable (StoreTransaction) throws -> Void) {
    finish.withLock { $0 = Finish(run: body) }
  }

  private func commit(_ jobs: [CommitGroup.Job]) {
    do {
      try queue.write { database in
        let transaction = StoreTransaction(database)
        for job in jobs {
          do {
            // Alone, what a job did is undone with the transaction.
            if jobs.count == 1 {
              try job.run(transaction)
            } else {
              try transaction.attempt { try job.run(transaction) }
            }
          } catch {
            job.failure = error
            // After a full disk or a read error SQLite has undone everything, not just this job.
            guard jobs.count > 1, database.isInsideTransaction else { throw error }
          }
        }
        try finish.withLock { $0 }?.run(transaction)
      }
    } catch {
      for job in jobs where job.failure == nil { job.failure = error }
    }
  }

  /// Runs `body` on one state of the database.
  func read<Result>(
    _ body: (StoreTransaction) throws -> Result
  ) throws -> Result {
    do {
      return try queue.read { try body(StoreTransaction($0)) }
    } catch let error as DatabaseError {
      throw Self.explained(error)
    }
  }

  /// Makes every transaction after the next few fail, as if the process had died.
  func failAfter(transactions: Int) {
    remaining.withLock { $0 = transactions }
  }

  /// Moves the write-ahead log into the database and empties it.
  ///
  /// What a transaction destroyed may still stand in the log as it was before. Another process that
  /// is reading postpones this; the next call does it then.
  func truncateLog() throws {
    do {
      try queue.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
      return
    } catch let error as DatabaseError {
      throw Self.explained(error)
    }
  }

  // The message names tables and columns at most: GRDB leaves values out.
  private static func explained(_ error: any Error) -> VaultError {
    guard let error = error as? DatabaseError else {
      return .store(problem: String(describing: type(of: error)))
    }
    return .store(
      problem: "\(error.message ?? "no message") (SQLite \(error.extendedResultCode.rawValue))")
  }
}
