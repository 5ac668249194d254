import Foundation
import PackagePlugin

/// Compiles `SluiceControls/Controls/*.yaml` into the target that uses it.
@main
struct EmbedControls: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = context.package.directoryURL.appending(path: "Sources/SluiceControls/Controls")
    let files = try FileManager.default
      .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
      .filter { $0.pathExtension == "yaml" }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "BuiltinControlTable.swift")
    return [
      .buildCommand(
        displayName: "Checking and embedding \(files.count) catalogues of controls",
        executable: try context.tool(named: "embed-controls").url,
        arguments: [output.path] + files.map(\.path),
        inputFiles: files,
        outputFiles: [output])
    ]
  }
}
