internal import Dispatch

/// Runs what blocks on a thread that may block, and not on one of Swift's few.
enum Blocking {
  static func run<Value: Sendable>(
    _ body: @escaping @Sendable () throws(ConnectorError) -> Value
  ) async throws(ConnectorError) -> Value {
    let result: Result<Value, ConnectorError> = await withCheckedContinuation { continuation in
      DispatchQueue.global().async {
        do throws(ConnectorError) {
          continuation.resume(returning: .success(try body()))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    return try result.get()
  }
}
