extension ProvokingText {
  /// Identifiers of requests, accounts and objects; one template a line.
  static let identifiers = #"""
    {"request_id":"‹uuid›","trace_id":"${hex:32}","span_id":"${hex:16}"}
    traceparent: 00-${hex:32}-${hex:16}-01
    x-amzn-trace-id: Root=1-${hex:8}-${hex:24};Parent=${hex:16};Sampled=1
    x-request-id: ‹uuid›
    correlationId=‹uuid› userId=${digit:12}
    api_key_id=key_01${alnum:22} org_id=org_${alnum:24}
    {"id":"chatcmpl-${alnum:29}"}
    {"tool_call_id":"call_${alnum:24}","message_id":"msg_01${alnum:22}"}
    {"session_id":"‹uuid›","device":"${HEX:12}"}
    ulid=01H${base32:23}
    {"thread_id":"thread_${alnum:24}","run_id":"run_${alnum:24}"}
    {"access_key_id":"${alnum:20}","token_id":"${hex:16}"}
    aws_account_id = ${digit:12}
    arn:aws:secretsmanager:eu-west-1:${digit:12}:secret:app-${alnum:6}
    pod/web-${hex:9}-${lower:5} node=ip-10-${digit:2}-3-4
    subscriptionId: ‹uuid›
    tenant_id=‹uuid› client_id=‹uuid›
    "clientId": "‹uuid›",
    {"cache_key":"${hex:40}","etag":"W/\"${hex:32}\""}
    cacheKey=user:${digit:8}:v2 partition_key=${alnum:24} sort_key=ORDER#${digit:10}
    idempotency-key: ‹uuid›
    key=${hex:8}/${hex:32}/part-0000${digit:1}.parquet
    s3_key: logs/2026/03/01/${hex:32}.gz
    "primary_key": "${hex:24}",
    _csrf_token=${base64url:43}
    build-key: PROJ-WEB-${digit:4}
    objectKey=${base64url:22}
    {"key":"${hex:24}","value":"${hex:40}"}
    MESSAGE_KEY=${digit:18}
    {"public_key":"${base64:43}=","key_id":"${hex:40}"}
    session opened for sid=${hex:32} by uid=${digit:4}
    X-Amz-Cf-Id: ${base64url:54}==
    token_count=${digit:5} max_tokens=${digit:4} tokenizer=cl100k_base
    auth_time=17${digit:8} auth_method=oidc auth_provider=okta-${digit:4}
    """#

  /// Digests, with and without a label; one template a line.
  static let digests = #"""
    commit ${hex:40}
    ${hex:64}  dist/app-1.${digit:1}.tar.gz
    ${hex:32} *file.iso
    sha256:${hex:64}
    image: acme/app@sha256:${hex:64}
    index ${hex:7}..${hex:7} 100644
    Merge: ${hex:7} ${hex:7}
    ETag: "${hex:32}"
    Content-MD5: ${base64:22}==
    Digest: sha-256=${base64:43}=
    X-Hub-Signature-256: sha256=${hex:64}
    <script src="a.js" integrity="sha384-${base64:64}" crossorigin></script>
    Accepted publickey for deploy: ED25519 SHA256:${base64:43}
    fingerprint: ${HEX:2}:${HEX:2}:${HEX:2}
    DIGEST-${hex:64} ok
    checksum/config: ${hex:64}
    gitCommit: ${hex:40}
    "sha": "${hex:40}",
    md5sum=${hex:32} crc32=${hex:8} size=${digit:7}
    revision="${hex:40}" tree="${hex:40}"
    passwordHashVersion: 3
    "hash": "${hex:64}",
    token_hash_alg=HS256 secret_version=${digit:2}
    Signature: keyId="https://a.test/actor#main-key",algorithm="rsa-sha256",signature="${base6\#
    4:86}=="
    """#

  /// Lock files; one template a line.
  static let lockFiles = #"""
          "integrity": "sha512-${base64:86}==",
      resolved "https://registry.npmjs.org/a/-/a-1.${digit:1}.0.tgz#${hex:40}"
    checksum = "${hex:64}"
    github.com/a/b v1.${digit:1}.0 h1:${base64:43}=
    github.com/a/b v0.0.0-2024${digit:4}120000-${hex:12}/go.mod h1:${base64:43}=
        --hash=sha256:${hex:64} \
    {file = "a-1.0.whl", hash = "sha256:${hex:64}"},
      checksum: 10c0/${hex:128}
    content-hash = "${hex:64}"
    narHash = "sha256-${base64:43}=";
    "resolved-ref": "${hex:40}",
      "h1:${base64:43}=",
      "zh:${hex:64}",
    SHA1: ${hex:40}
    PODFILE CHECKSUM: ${hex:40}
    """#

  /// Cursors; one template a line.
  static let cursors = #"""
    {"nextPageToken":"${base64url:88}","items":[]}
    next_page_token=${base64:60}==
    "continuationToken": "${base64:64}"
    {"cursor":"${base64url:44}=","hasMore":true}
    ?after=${base64url:32}&limit=50
    "syncToken": "${base64url:40}"
    NextToken: ${base64:80}
    "LastEvaluatedKey": {"pk": {"S": "${hex:32}"}}
    resume_token=${hex:82}
    pagination_token: ${alnum:48}
    "startCursor": "Y3Vyc29yOnYyOp${alnum:20}=="
    cancellationToken: ${hex:32}
    {"request_token":"‹uuid›"}
    """#

  /// Public keys, images, minified code; one template a line.
  static let publicThings = #"""
    ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64:43} a@b
    ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ${base64:320} deploy@ci
    -----BEGIN CERTIFICATE-----‹n›MIID${base64:60}‹n›${base64:64}‹n›-----END CERTIFICATE-----
    -----BEGIN PUBLIC KEY-----‹n›MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A${base64:32}‹n›-----END PUBLI\#
    C KEY-----
    {"kty":"RSA","kid":"${hex:40}","n":"${base64url:342}","e":"AQAB"}
    background:url(data:image/png;base64,iVBORw0KGgoAAAANSUhEUg${base64:240}==)
    <img src="data:image/gif;base64,R0lGOD${base64:120}">
    {"embedding":[0.0${digit:8},-0.1${digit:8},0.2${digit:8}e-05]}
    publishable_key=pk_live_${alnum:24}
    publicKey: "${base64:43}="
    !function(e,t){"object"==typeof exports?t(exports):t((e=e||self).${lower:3}={})}(this,func\#
    tion(e){var t="${alnum:6}";e.tokens=t.password});
    {"version":3,"mappings":"${upper:4};${upper:4},${alnum:5},CAAC,${alnum:4};AACA","names":["\#
    getToken","secretKey"]}
    Set-Cookie: lang=${alnum:32}; Path=/
    "jwks_uri": "https://a.test/${hex:32}/keys"
    """#
}
