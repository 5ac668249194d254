/// Recipes for texts that some format reads, for tests that change them.
enum FormatSamples {
  static let all =
    [
      #"${b64json:{"alg":"HS256"}}.${b64json:{"iss":"a","exp":1,"n":{"x":[1,-2.5e3,true,null]}}}.c2ln"#,
      #"${b64json:{"alg":"dir","enc":"A128GCM"}}..${base64url:16}.${base64url:90}.${base64url:22}"#,
      "${b64:user:${alnum:20}}", "AKIA${base32:16}", "919108f7-52d1-4320-9bac-f847db4148a8",
      #"${b64:{"type":"service_account","project_id":"acme","private_key":"-${alnum:300}"}}"#,
    ] + keys + stores

  /// Beginnings of private keys, with random bytes in the place of the secret ones.
  static let keys = [rsa1, rsa8, ec1, ec8, ed25519, dsa, encrypted, openSSH, openSSHEncrypted, pgp]

  static let rsa1 = "${b64hex:3082025c02010002818100${hex:256}0203010001${hex:900}}"
  static let rsa8 =
    "${b64hex:308204be020100300d06092a864886f70d0101010500048204a8308204a40201000282010100${hex:999}0}"
  static let ec1 = "${b64hex:30770201010420${hex:64}a00a06082a8648ce3d030107}"
  static let ec8 = "${b64hex:308187020100301306072a8648ce3d020106082a8648ce3d030107046d${hex:200}}"
  static let ed25519 = "${b64hex:302e020100300506032b657004220420${hex:64}}"
  static let dsa = "${b64hex:308201bb02010002818100${hex:256}021500${hex:40}028180${hex:256}}"
  static let encrypted =
    "${b64hex:308204e4301c060a2a864886f70d010c0103300e0408${hex:16}02020800048204c2${hex:800}}"
  static let openSSH =
    "${b64hex:6f70656e7373682d6b65792d763100000000046e6f6e65000000046e6f6e6500000000000000010000"
    + "00330000000b7373682d6564323535313900000020${hex:300}}"
  static let openSSHEncrypted =
    "${b64hex:6f70656e7373682d6b65792d7631000000000a6165733235362d6374720000000662637279707400"
    + "00001800000010${hex:32}00000018000000010000011700000007 7373682d727361 ${hex:300}}"
  static let pgp = "${b64hex:950358045e0be10001 0800 ${hex:300}}"

  static let stores = [pkcs12, pkcs12Indefinite, jks, jceks]
  static let pkcs12 = "${b64hex:30820a0e0201033082 09c406092a864886f70d010701 a08209b5${hex:200}}"
  static let pkcs12Indefinite = "${b64hex:3080020103308006092a864886f70d010701 a080${hex:200}}"
  static let jks = "${b64hex:feedfeed0000000200000001${hex:200}}"
  static let jceks = "${b64hex:cececece0000000200000001${hex:200}}"
}
