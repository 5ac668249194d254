/// A record without a secret, and how often it is drawn.
struct OrdinaryShape {
  let weight: Int
  let template: String
}

/// What a record of an example may begin with: nothing, or what a logger writes before a message.
let examplePrefixes = [
  "", "", "",
  "‹iso› INFO  ‹logger› ",
  "‹log4j› WARN [worker-‹1-9›] ‹logger›: ",
  "‹syslog› ‹host› agentd[‹200-9000›]: ",
  "[‹clock›] stdout | ",
]

let ordinaryShapes: [OrdinaryShape] = [
  // Plain lines.
  .init(weight: 6, template: "‹iso› INFO  ‹logger› ‹message› run=run_01${alnum:22} agent=‹agent›"),
  .init(weight: 4, template: "‹log4j› DEBUG [worker-‹1-9›] ‹logger›: ‹message› in ‹1-4000› ms"),
  .init(weight: 3, template: "‹iso› INFO  ‹logger› user ‹user›: ‹prose›"),
  .init(weight: 3, template: "‹iso› WARN  auth.oidc token expired for user ‹user›, refresh needed"),
  .init(
    weight: 2,
    template: #"""
      ‹syslog› ‹host› sshd[‹200-9000›]: Failed password for ‹root|admin|deploy› from \#
      ‹ip› port ‹30000-60000› ssh2
      """#),
  .init(
    weight: 2,
    template: #"""
      ‹syslog› ‹host› sshd[‹200-9000›]: Accepted publickey for deploy from ‹ip› port \#
      ‹30000-60000› ssh2: ED25519 SHA256:${base64:43}
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹syslog› ‹host› sudo: pam_unix(sudo:auth): authentication failure; user=‹user›
      """#),
  .init(weight: 1, template: "Enter password: "),
  .init(weight: 1, template: "[sudo] password for deploy: "),
  .init(weight: 1, template: "Password:"),
  .init(weight: 1, template: "‹iso› ERROR auth.oidc password: incorrect (attempt ‹1-5› of 5)"),
  .init(
    weight: 2, template: "‹iso› INFO  scheduler secret platform/github#current resolved from vault"),
  .init(
    weight: 1, template: "‹iso› DEBUG mcp.session token: invalid-or-expired, asking for a new one"),
  .init(weight: 1, template: "‹iso› INFO  gateway.proxy cleaned up 14 expired tokens, 3 sessions"),
  // logfmt.
  .init(
    weight: 5,
    template: #"""
      ts=‹iso› level=‹info|info|debug|warn› logger=‹logger› msg="‹message›" \#
      trace_id=${hex:32} span_id=${hex:16} dur=‹1-900›ms
      """#),
  .init(
    weight: 3,
    template: #"""
      ts=‹epoch› level=info agent=‹agent› model=‹model› tokens_in=‹20-90000› \#
      tokens_out=‹1-4096› max_tokens=4096 cost_usd=0.0‹10-99› cache=‹hit|miss›
      """#),
  .init(
    weight: 2,
    template: #"""
      ts=‹iso› level=info msg="session opened" session_id=‹uuid› client=‹ip› auth=oidc \#
      mfa=true
      """#),
  .init(
    weight: 1,
    template: #"""
      ts=‹iso› level=warn msg="quota" api_key_id=key_01${alnum:22} used=‹1-100›% \#
      token_type=bearer
      """#),
  // JSON: requests and responses of models.
  .init(
    weight: 5,
    template: #"""
      {"ts":"‹iso›","level":"info","event":"llm.request","model":"‹model›",\#
      "agent":"‹agent›","messages":[{"role":"user","content":"‹prose›"}],\#
      "max_tokens":‹256-8192›,"request_id":"req_01${alnum:22}"}
      """#),
  .init(
    weight: 5,
    template: #"""
      {"ts":"‹iso›","level":"info","event":"llm.response","model":"‹model›",\#
      "id":"msg_01${alnum:22}","stop_reason":"‹end_turn|tool_use|max_tokens›",\#
      "usage":{"input_tokens":‹20-90000›,"output_tokens":‹1-4096›,\#
      "cache_read_input_tokens":‹0-60000›}}
      """#),
  // Tool calls: JSON in JSON, and JSON in that.
  .init(
    weight: 4,
    template: #"""
      {"ts":"‹iso›","event":"tool.call","id":"toolu_01${alnum:22}","name":"‹tool›",\#
      "arguments":"{\"query\":\"error rate of ‹host›\",\"limit\":‹1-100›,\#
      \"cursor\":null}"}
      """#),
  .init(
    weight: 3,
    template: #"""
      {"ts":"‹iso›","event":"tool.result","tool":"‹tool›","content":"{\"status\":200,\#
      \"body\":\"{\\\"items\\\":[{\\\"id\\\":\\\"‹uuid›\\\",\\\"sha\\\":\\\"${hex:40}\#
      \\\"}],\\\"next_page_token\\\":null}\"}"}
      """#),
  .init(
    weight: 2,
    template: #"""
      {"ts":"‹iso›","event":"tool.result","tool":"fs.read_file",\#
      "content":"Setup:\n\nExport GITHUB_TOKEN, then run `make login`.\n\n```sh\nexport \#
      GITHUB_TOKEN=$(vault read github)\n```\n"}
      """#),
  .init(
    weight: 1,
    template: #"""
      {"ts":"‹iso›","event":"memory.write","key":"user/‹user›/preferences",\#
      "value":"{\"lang\":\"de\",\"tone\":\"förmlich\"}"}
      """#),
  .init(
    weight: 1,
    template: #"""
      {"ts":"‹iso›","event":"page","nextPageToken":"CAUQAA","pageSize":50,\#
      "etag":"\"${hex:32}\""}
      """#),
  // MCP and other configuration that refers to secrets without holding them.
  .init(
    weight: 1,
    template: #"""
      {"mcpServers":{"github":{"command":"npx","args":["-y",\#
      "@modelcontextprotocol/server-github"],"env":{"GITHUB_PERSONAL_ACCESS_TOKEN":"\#
      ${GITHUB_TOKEN}"}}}}
      """#),
  .init(
    weight: 1,
    template: #"""
      agents:
        - name: ‹agent›
          model: ‹model›
          credentials: vault://acme/‹agent›#current
          env:
            DB_PASSWORD: ${DB_PASSWORD}
            API_KEY: <your-api-key>
      """#),
  .init(
    weight: 1,
    template: #"""
      # .env.example
      DATABASE_URL=postgres://app:<password>@localhost/orders
      OPENAI_API_KEY=changeme
      SECRET_KEY=
      AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
      """#),
  .init(
    weight: 1,
    template: #"""
      spec:
        tls:
        - secretName: agents-tls
          hosts: [agents.acme.test]
        imagePullSecrets:
        - name: registry-pull
      """#),
  // Stack traces.
  .init(
    weight: 1,
    template: #"""
      Traceback (most recent call last):
        File "‹path›", line ‹10-900›, in run_step
          result = await self.session.call_tool(name, arguments)
        File "/usr/lib/python3.13/site-packages/mcp/client/session.py", line ‹10-900›, \#
      in call_tool
          raise McpError(response.error)
      mcp.shared.exceptions.McpError: authentication failed: token has expired
      """#),
  .init(
    weight: 1,
    template: #"""
      java.lang.IllegalStateException: no credential for 'orders'
      \#tat test.acme.agents.Vault.resolve(Vault.java:‹10-300›)
      \#tat test.acme.agents.Runner$Step.lambda$run$0(Runner.java:‹10-300›)
      \#tat java.base/java.util.concurrent.ThreadPoolExecutor.runWorker(ThreadPoolExecut\#
      or.java:1144)
      Caused by: test.acme.vault.SealedException: 503
      \#t... 12 more
      """#),
  .init(
    weight: 1,
    template: #"""
      panic: runtime error: invalid memory address or nil pointer dereference
      goroutine ‹1-900› [running]:
      main.(*Proxy).ServeHTTP(0xc000‹1000-9999›, {0x7f2a10, 0xc0001a})
      \#t/src/proxy/proxy.go:‹10-400› +0x1d4
      """#),
  // HTTP.
  .init(
    weight: 2,
    template: #"""
      ‹ip› - ‹user› [‹apache›] "‹GET|POST› /v1/‹runs|agents|messages›/‹uuid›?limit=\#
      ‹1-100›&after=‹1-900› HTTP/1.1" ‹200|200|201|404|429› ‹100-90000› "-" \#
      "agent-runner/4.2"
      """#),
  .init(
    weight: 1,
    template: #"""
      > GET /v1/models HTTP/2\#r
      > Host: api.acme.test\#r
      > User-Agent: curl/8.5.0\#r
      > Accept: */*\#r
      < HTTP/2 401\#r
      < Date: ‹http›\#r
      < WWW-Authenticate: Bearer realm="api", error="invalid_token"\#r
      < X-Request-Id: ‹uuid›\#r
      """#),
  .init(
    weight: 1,
    template: #"""
      < HTTP/1.1 200 OK\#r
      < ETag: "${hex:32}"\#r
      < X-Amzn-Trace-Id: Root=1-${hex:8}-${hex:24}\#r
      < CF-Ray: ${hex:16}-FRA\#r
      < Cache-Control: no-store\#r
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› DEBUG gateway.proxy headers: authorization=[REDACTED] x-api-key=**** \#
      traceparent=00-${hex:32}-${hex:16}-01
      """#),
  // Shells.
  .init(
    weight: 1,
    template: #"""
      + set -euo pipefail
      + cd /srv/agents
      + git rev-parse HEAD
      ${hex:40}
      + make -j‹2-16› build
      """#),
  .init(
    weight: 1,
    template: #"""
      $ curl -sS -H "Authorization: Bearer $TOKEN" https://api.acme.test/v1/agents | jq \#
      .data
      """#),
  .init(weight: 1, template: "+ mysql --host db --user app --password --execute 'select 1'"),
  .init(
    weight: 1,
    template: #"""
      commit ${hex:40}
      Author: ‹user› <‹user›@acme.test>

          Read the password from the vault

      index ${hex:7}..${hex:7} 100644
      """#),
  // Kubernetes and images.
  .init(
    weight: 2,
    template: #"""
      I‹klog› 1 event.go:‹10-400›] "Event occurred" object="agents/‹agent›-${hex:9}\#
      -x4k2p" kind="Pod" reason="‹Scheduled|Pulled|Started›" message="Successfully \#
      handled"
      """#),
  .init(
    weight: 2,
    template: #"""
      ‹clock› Normal  Pulled  pod/‹agent›  Successfully pulled image \#
      "ghcr.io/acme/agent@sha256:${hex:64}" in ‹1-20›.‹10-99›s
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹clock› Warning  FailedMount  pod/‹agent›  MountVolume.SetUp failed for volume \#
      "tls": secret "agents-tls" not found
      """#),
  .init(
    weight: 1,
    template: "npm sill integrity sha512-${base64:86}== for @acme/agent-sdk@4.‹1-40›.‹0-9›"),
  .init(
    weight: 1,
    template: #"""
      ‹bytes 1b›[3‹1-7›m‹clock›‹bytes 1b›[0m ‹bytes 1b›[1m‹logger›‹bytes 1b›[0m \#
      ‹message›
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› INFO  ‹logger› id_token without signature: \#
      ${b64json:{"alg":"RS256","typ":"JWT"}}\#
      .${b64json:{"iss":"https://id.acme.test","sub":"42"}}
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› DEBUG agents.memory blob eyJ${base64url:20}.eyJ${base64url:20} skipped
      """#),
  // Names that speak of secrets, with values that are none.
  .init(
    weight: 1,
    template: #"""
      {"ts":"‹iso›","event":"usage","tokenizer":"o200k_base",\#
      "prompt_tokens":"‹100-9000›","token_budget":"‹10000-90000›",\#
      "eos_token":"<|endoftext|>","secret_version":"v‹1-40›",\#
      "credential_id":"cred_01${alnum:22}","cache_key":"user:‹1-900›:profile"}
      """#),
  .init(
    weight: 1,
    template: #"""
      ts=‹iso› level=debug msg=grant agent=‹agent› secret=platform/github \#
      token_id=tok_01${alnum:22} api_key_fingerprint=sha256:${hex:64} \#
      expires=2025-07-01T00:00:00Z
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› INFO  scheduler Credentials{user=app, password=***, token=<redacted>, \#
      secret=null}
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› DEBUG sql.query connecting to postgres://db-main.internal:5432/orders, \#
      redis://cache.internal:6379/0 and amqp://queue.internal
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› DEBUG ‹logger› test.acme.vault.Password@${hex:7} equals token: \#
      test.acme.auth.TokenCache@${hex:8}
      """#),
  .init(
    weight: 1,
    template: #"""
      ‹iso› INFO  tools.shell tests passed=‹10-900› failed=0 skipped=‹0-9› pass: \#
      ‹10-900›
      """#),
  .init(
    weight: 1,
    template: #"""
        "password": { "type": "string", "minLength": 12, "description": "Password of \#
      the user" },
      """#),
  .init(
    weight: 1,
    template: #"""
          password = getpass.getpass("Password: ")
          token = os.environ["GITHUB_TOKEN"]
          secret = vault.read(path="acme/github", key="current")
      """#),
  .init(
    weight: 1,
    template: #"""
      git@github.com:acme/agents.git\#thttps://gitlab.acme.test:8443/@acme/agent-sdk
      """#),
  .init(
    weight: 1,
    template: #"""
      > GET /acme/report.csv?X-Amz-Algorithm=AWS4-HMAC-SHA256&\#
      X-Amz-Date=20250603T080000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&\#
      X-Amz-Signature=${hex:64} HTTP/1.1
      """#),
  .init(
    weight: 1,
    template: #"""
      AccountName=acme;EndpointSuffix=core.windows.net;\#
      SharedAccessKeyName=RootManageSharedAccessKey
      """#),
  .init(weight: 1, template: "‹iso› INFO  ‹logger› Grüße an ‹user›, naïve façade – 東京 ✓"),
]

/// Records that stand in the log a few times only; all of them at least once.
let rareShapes = [
  "‹iso› DEBUG vector.search embedding ${base64:20000}==",
  "‹iso› WARN  ‹logger› body is not UTF-8: ‹bytes ff fe c3 28 a0 80› (6 bytes)",
  "‹iso› WARN  ‹logger› frame ‹bytes 00 00 01 00› kept, ‹bytes 07 08 7f 9b› dropped",
  """
  -----BEGIN CERTIFICATE-----
  ${base64:64}
  ${base64:64}
  ${base64:64}
  ${base64:36}==
  -----END CERTIFICATE-----
  """,
  "-----BEGIN PUBLIC KEY-----\r\n${base64:64}\r\n${base64:54}==\r\n-----END PUBLIC KEY-----\r",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${base64:43} deploy@acme.test",
  #"""
  {"ts":"‹iso›","event":"browser.screenshot",\#
  "image":"data:image/png;base64,iVBORw0KGgo${base64:20000}"}
  """#,
  "‹iso› DEBUG sql.query select ‹bytes 00›\r\n\r\n\n\n",
  "‹iso› INFO  tools.shell ‹bytes e2 82› cut in the middle of a character",
  "‹iso› DEBUG gateway.proxy ${word:200} ${hex:2000}",
  "‹iso› DEBUG ‹logger› \t\t  trailing blanks   ",
  "‹bytes ef bb bf›‹iso› INFO  ‹logger› file with a byte order mark",
  #"""
  {"ts":"‹iso›","event":"llm.request","messages":[{"role":"user",\#
  "content":"‹prose› ‹prose› ‹prose›\n\n‹prose› ‹prose›\n‹prose›"}]}
  """#,
]
