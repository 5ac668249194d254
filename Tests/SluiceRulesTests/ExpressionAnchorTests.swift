import SluiceRegex
import Testing

@testable import SluiceRules

@Suite("Anchors")
struct ExpressionAnchorTests {
  /// Writes anchors as `literal@min-max`, with `i:` before a caseless one.
  private func text(_ set: AnchorSet?) -> [String]? {
    set?.anchors.map { anchor in
      let bytes = String(decoding: anchor.bytes, as: UTF8.self)
      let place =
        switch anchor.maxOffset {
        case nil: "@\(anchor.minOffset)-"
        case anchor.minOffset: "@\(anchor.minOffset)"
        case .some(let maximum): "@\(anchor.minOffset)-\(maximum)"
        }
      return (anchor.isCaseless ? "i:" : "") + bytes + place
    }.sorted()
  }

  @Test(
    "the best literals are chosen, and what can stand before them is known",
    arguments: [
      ("ghp_[A-Za-z0-9]{36}", ["ghp_@0"], ""),
      ("gh[pos]_\\w{36}", ["gho_@0", "ghp_@0", "ghs_@0"], ""),
      ("[sr]k_live_\\w+", ["rk_live_@0", "sk_live_@0"], ""),
      ("[0-9]{8,10}:AA[\\w-]{33}", [":AA@8-10"], "0123456789"),
      ("(?i)datadog[a-z]{0,20}=", ["i:datadog@0"], ""),
      ("(?i)d[a4]ta", ["i:d4ta@0", "i:data@0"], ""),
      ("[Aa][Pp][Ii]key\\d{20}", ["i:apikey@0"], ""),
      ("eyJ[\\w-]{10,}\\.eyJ[\\w-]{10,}\\.[\\w-]*", ["eyJ@0"], ""),
      ("[a-z]+\\.example\\.net", [".example.net@1-"], "abcdefghijklmnopqrstuvwxyz"),
      ("(?:wx|[0-9]{2}yz)AB", ["wxAB@0", "yzAB@2"], "0123456789"),
      ("(?:abcd|[0-9]{2}wxyz)[0-9]", ["abcd@0", "wxyz@2"], "0123456789"),
      ("x?(?:[0-9]yabc|zdef)", ["yabc@1-2", "zdef@0-1"], "x0123456789"),
      ("(?<=abcd)[0-9]+", nil, ""), ("[0-9]{40}", nil, ""), ("(?:abcd)?[0-9]", nil, ""),
      ("(?:abcd|[0-9]+)", nil, ""), ("x", nil, ""), ("[^\\x00-\\xff]ab", ["ab@1"], ""),
      ("(?!abcd)wxyz", ["wxyz@0"], ""), ("ab(?=cd)cdef", ["abcdef@0"], ""),
      ("ab\\bcd", ["abcd@0"], ""), ("xx", ["xx@0"], ""), ("(wxyz)\\1", ["wxyz@0"], ""),
      ("(?:abcd){2,5}", ["abcdabcd@0"], ""), ("[0-9](?:[0-9]wxyz)+", ["wxyz@2"], "0123456789"),
      (
        "-{4}BEGIN (?:A |B )?KEY", ["----BEGIN A KEY@0", "----BEGIN B KEY@0", "----BEGIN KEY@0"],
        ""
      ),
      ("(?>wxyz|wx)q", ["wxq@0", "wxyzq@0"], ""), ("(?:a{0}wxyz)", ["wxyz@0"], ""),
      ("(?i:abcd)EFGH\\d", ["i:abcdefgh@0"], ""),
      ("[0-9]*(?i:k)AKIA", ["i:kakia@0-"], "0123456789"),
      ("abcdefghijklmnopqrstuvwxyz", ["abcdefghijklmnop@0"], ""),
      ("(?:aaaaaaaa){20}", ["aaaaaaaaaaaaaaaa@0"], ""),
    ] as [(String, [String]?, String)])
  func best(pattern: String, anchors: [String]?, lead: String) throws {
    let analysis = RegexAnalysis(try RegexParser.parse(pattern))
    #expect(text(analysis.anchorSet) == anchors)
    #expect(analysis.leadBytes == ByteSet(lead.utf8))
  }

  @Test(
    "stated anchors are proved, or not",
    arguments: [
      ("ghp_\\w{36}", ["ghp_"], ["ghp_@0"]), ("ghp_\\w{36}", ["hp_"], ["hp_@1"]),
      ("ghp_\\w{36}", ["gho_", "ghp_"], ["ghp_@0"]), ("ghp_\\w{36}", ["GHP_"], nil),
      ("(?i)ghp_\\w{36}", ["GHP_"], ["i:ghp_@0"]), ("ghp_\\w{36}", ["gho_"], nil),
      ("(?:AKIA|ASIA)\\w{16}", ["AKIA"], nil),
      ("(?:AKIA|ASIA)\\w{16}", ["AKIA", "ASIA"], ["AKIA@0", "ASIA@0"]),
      ("(?:AKIA|ASIA)\\w{16}", ["IA"], ["IA@2"]),
      ("[0-9]{8,10}:AA\\w", [":AA"], [":AA@8-10"]), ("\\w+\\.host\\.tld", ["host"], ["host@2-"]),
      ("a(?=bcd)\\w+", ["bcd"], nil), ("(?:abc)?\\d", ["abc"], nil), ("abc", [], nil),
      ("abc", [""], nil), ("(?i:x)AKIA\\d", ["AKIA"], ["AKIA@1"]),
      ("(?:x\\d+foo|foo\\d)", ["foo"], ["foo@0-"]),
    ] as [(String, [String], [String]?)])
  func proofs(pattern: String, stated: [String], anchors: [String]?) throws {
    let analysis = RegexAnalysis(try RegexParser.parse(pattern))
    #expect(text(analysis.anchorSet(proving: stated.map(\.bytes))) == anchors)
  }
}
