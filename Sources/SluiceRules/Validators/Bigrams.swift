/// How surprising a letter is after another one, in bits, in words and names as people write them.
///
/// `-log2 P(next | previous)`, rounded and at most 9, over the words of the documentation and the
/// sources of a Debian system (72,311 different ones, each counted with the square root of how often
/// it occurs, so that a few common words do not decide). Words of eight letters and more
/// have a mean of 3.5 bits a pair, 95 % of them at most 4.4; sixteen random letters have 6.0, and
/// 99 % of them at least 4.7.
private let bigramSurprise: InlineArray<676, UInt8> = {
  let digits = Array(
    """
    85448759596343959343667769\
    36563679358367469446389859\
    37573783594468269453579979\
    46652677289567469546577779\
    57435568798453756234867569\
    47664389299455369455498969\
    47672764399454469346588987\
    28862899398667379454597969\
    55455559998452359543959796\
    37662689486967358737376999\
    46562666388565569635585979\
    37752668298387379855579949\
    25762789397658439846579989\
    48433538496686479833569979\
    66447669696442549344455889\
    37663675496477359354578959\
    66756787698576866557178998\
    37552759396655369544668959\
    58573774396566548632477869\
    38672794398677469345597759\
    54564568598443749333999799\
    37571569397657469655867899\
    27653774298674368447697898\
    47463577497656639642779569\
    56574667499544528534676887\
    37781796399667479777797665
    """.utf8)
  return InlineArray { digits[$0] - 0x30 }
}()

/// Bits of `next` after `previous`; both are ASCII letters, in any case.
func surprise(of next: UInt8, after previous: UInt8) -> Double {
  let row = Int((previous | 0x20) - 0x61)
  return Double(bigramSurprise[row * 26 + Int((next | 0x20) - 0x61)])
}
