/// A hand-written record with one or more secrets.
struct SecretShape {
  /// The rules of the secrets, in their order.
  let rules: [String]
  let values: LogWriter.Values
  let template: String

  init(_ rules: String..., values: LogWriter.Values = .fresh, template: String) {
    self.rules = rules
    self.values = values
    self.template = template
  }
}

private let githubPAT = "«ghp_${alnum:30}${check:crc32-base62}»"
private let anthropicKey = "«sk-ant-api03-${base64url:93}AA»"
private let slackToken = "«xoxb-${digit:12}-${digit:13}-${alnum:24}»"
private let jwt =
  #"«${b64json:{"alg":"RS256","typ":"JWT","kid":"k1"}}."#
  + #"${b64json:{"iss":"https://id.acme.test","sub":"agent-7","exp":1748950000}}.${base64url:342}»"#

/// The secrets that agents leak most, in the shapes in which they leak: as a value in JSON, in
/// JSON in JSON, in commands, traces, headers, URLs and dumps, at the start, in the middle and at
/// the end of a line.
let secretShapes: [SecretShape] = [
  .init(
    "github-pat", values: .shared,
    template: #"""
      ‹iso› INFO  tools.shell $ git clone https://\#(githubPAT)@github.com/acme/app.git
      """#),
  .init(
    "github-pat", values: .shared,
    template: #"""
      {"ts":"‹iso›","event":"tool.call","name":"github.search_code",\#
      "arguments":"{\"q\":\"vault\",\"token\":\"\#(githubPAT)\"}"}
      """#),
  .init(
    "github-pat", values: .shared,
    template: #"""
      {"ts":"‹iso›","event":"tool.result","content":"{\"stdout\":\"{\\\"token\\\":\\\"\#
      \#(githubPAT)\\\",\\\"ok\\\":true}\"}"}
      """#),
  .init(
    "github-pat",
    template: #"""
      + export GH_TOKEN=\#(githubPAT)
      + gh pr list --limit ‹1-50›
      """#),
  .init("github-pat", template: #"remote: Invalid username or password for \#(githubPAT)"#),
  .init("github-pat", template: #"‹bytes 1b›[33m\#(githubPAT)‹bytes 1b›[0m"#),
  .init(
    "github-fine-grained-pat",
    template: #"""
      {"mcpServers":{"github":{"command":"docker","args":["run","-i","--rm",\#
      "ghcr.io/github/github-mcp-server"],"env":{"GITHUB_PERSONAL_ACCESS_TOKEN":"«github\#
      _pat_11${alnum:20}_${alnum:59}»"}}}}
      """#),
  .init(
    "anthropic-api-key", "slack-bot-token",
    template: #"""
      {"mcpServers":{"slack":{"env":{"ANTHROPIC_API_KEY":"\#(anthropicKey)",\#
      "SLACK_BOT_TOKEN":"\#(slackToken)","SLACK_TEAM_ID":"T0ABC12"}}}}
      """#),
  .init(
    "anthropic-api-key", values: .shared,
    template: #"""
      ts=‹iso› level=error msg="invalid x-api-key" key=\#(anthropicKey) status=401
      """#),
  .init(
    "anthropic-api-key", values: .shared,
    template: #"""
      anthropic.AuthenticationError: Error code: 401 - {'type': 'error'}, key was \#
      '\#(anthropicKey)'
      """#),
  .init(
    "anthropic-api-key",
    template: #"""
      > POST /v1/messages HTTP/2\#r
      > host: api.anthropic.com\#r
      > x-api-key: \#(anthropicKey)\#r
      > anthropic-version: 2023-06-01\#r
      > content-type: application/json\#r
      """#),
  .init(
    "openai-api-key",
    template: #"""
      ‹log4j› ERROR [worker-‹1-9›] ‹logger›: Incorrect API key provided: \#
      «sk-proj-${base64url:74}T3BlbkFJ${base64url:74}».
      """#),
  .init(
    "aws-access-key-id", "aws-secret-access-key",
    template: #"""
      [default]
      aws_access_key_id = «AKIA${base32:16}»
      aws_secret_access_key = «${base64:40}»
      region = eu-central-1
      """#),
  .init(
    "aws-access-key-id",
    template: #"""
      ‹iso› ERROR tools.shell An error occurred (InvalidAccessKeyId): «AKIA${base32:16}\#
      » does not exist
      """#),
  .init(
    "aws-access-key-id", "aws-secret-access-key", "aws-session-token",
    template: #"""
      {"ts":"‹iso›","event":"tool.result","content":"{\"Credentials\":{\"AccessKeyId\":\#
      \"«ASIA${base32:16}»\",\"SecretAccessKey\":\"«${base64:40}»\",\#
      \"SessionToken\":\"«IQoJb3JpZ2luX2Vj${base64:300}»\"}}"}
      """#),
  .init(
    "slack-bot-token",
    template: #"slack_sdk.errors.SlackApiError: invalid_auth (token \#(slackToken))"#),
  .init("slack-bot-token", template: #"GET /api/auth.test?token=\#(slackToken)&pretty=1 200"#),
  .init(
    "slack-webhook",
    template: #"""
      + curl -X POST --data '{"text":"done"}' \#
      «https://hooks.slack.com/services/T0${upper:9}/B0${upper:9}/${alnum:24}»
      """#),
  .init(
    "jwt", template: #"‹ip› - - [‹apache›] "GET /cb?state=1&id_token=\#(jwt)&x=1 HTTP/1.1" 302 0"#),
  .init(
    "jwt",
    template: #"""
      Authorization: Bearer \#(jwt)\#r
      Accept: */*\#r
      """#),
  .init(
    "jwt",
    template: #"""
      {"ts":"‹iso›","event":"session","access_token":"\#(jwt)","expires_in":3600,\#
      "token_type":"Bearer"}
      """#),
  .init(
    "postgres-uri",
    template: #"""
      DATABASE_URL=postgres://orders:«${alnum:18}\#
      »@db-main.internal:5432/orders?sslmode=require
      """#),
  .init(
    "postgres-uri", values: .shared,
    template: #"""
      sqlalchemy.exc.OperationalError: could not connect to \#
      postgresql://orders:«${alnum:20}»@db-main.internal/orders
      """#),
  .init(
    "postgres-uri", values: .shared,
    template: #"""
      {"ts":"‹iso›","level":"error","error":"dial postgresql://orders:«${alnum:20}\#
      »@db-main.internal/orders: timeout","attempt":‹1-5›}
      """#),
  .init(
    "postgres-uri",
    template: #"""
      {"tool":"sql.query","arguments":"{\"dsn\":\"postgres://agent:«${alnum:9}\#
      %40${alnum:6}»@10.0.0.7:5432/crm\"}"}
      """#),
  .init(
    "redis-uri",
    template: #"""
      ‹iso› INFO  agents.memory connecting to redis://:«${alnum:24}\#
      »@cache.internal:6379/0
      """#),
  .init(
    "mongodb-uri",
    template: #"""
      java.lang.RuntimeException: mongodb+srv://app:«${alnum:16}»@cluster0.acme.test/crm
      \#tat test.acme.Store.open(Store.java:‹10-300›)
      """#),
  .init(
    "generic-password",
    template: #"""
      level=info msg="login" user=‹user› password=«${lower:5}${digit:4}!${upper:4}» \#
      remember=true
      """#),
  .init(
    "generic-password",
    template: #"""
      {"event":"form","fields":{"user":"‹user›","password":"«${lower:6}${digit:3}\#
      #${upper:3}»"}}
      """#),
  .init(
    "generic-password",
    template: #"""
        environment:
          POSTGRES_PASSWORD: «${alnum:12}${digit:4}${alnum:8}»
          POSTGRES_DB: orders
      """#),
  .init(
    "generic-api-key",
    template: #"""
        config:
          weather_api_key: "«${hex:32}»"
          timeout: 30s
      """#),
  .init(
    "authorization-basic",
    template: #"""
      $ curl -s -H 'Authorization: Basic «${alnum:38}==»' \#
      https://registry.acme.test/v2/_catalog
      """#),
  .init(
    "authorization-bearer",
    template: #"""
      {"headers":{"Authorization":"Bearer «${alnum:48}»","Accept":"*/*"},\#
      "url":"https://api.acme.test/v1"}
      """#),
  .init(
    "url-password",
    template: #"""
      + pip install --index-url https://ci:«${alnum:20}»@pypi.acme.test/simple agent-sdk
      """#),
  .init(
    "private-key",
    template: #"""
      -----BEGIN RSA PRIVATE KEY-----
      «${base64:64}
      ${base64:64}
      ${base64:64}
      ${base64:64}
      ${base64:64}
      ${base64:64}
      ${base64:64}
      ${base64:42}==»
      -----END RSA PRIVATE KEY-----
      """#),
  .init(
    "private-key",
    template: #"""
      {"type":"service_account","project_id":"acme","private_key_id":"${hex:40}",\#
      "private_key":"-----BEGIN PRIVATE KEY-----\n«${base64:64}\n${base64:64}\#
      \n${base64:64}\n${base64:64}\n${base64:50}==»\n-----END PRIVATE KEY-----\n",\#
      "client_id":"${digit:21}"}
      """#),
  .init(
    "private-key",
    template: #"""
      data:\#r
        id_ed25519: |\#r
          -----BEGIN OPENSSH PRIVATE KEY-----\#r
          «${base64:70}\#r
          ${base64:70}\#r
          ${base64:70}\#r
          ${base64:43}=»\#r
          -----END OPENSSH PRIVATE KEY-----\#r
      """#),
  .init(
    "huggingface-user-token", "openrouter-api-key",
    template: #"""
      HF_TOKEN=«hf_${alpha:34}» OPENROUTER_API_KEY=«sk-or-v1-${hex:64}» python -m \#
      agents.run
      """#),
  .init(
    "google-api-key",
    template: #"""
      ‹iso› WARN  gateway.proxy GET https://generativelanguage.googleapis.com/v1/models?\#
      key=«AIzaSy${base64url:33}» 429
      """#),
  .init("stripe-live-key", template: "‹iso› INFO  ‹logger› ключ Stripe: «sk_live_${alnum:24}», 東京"),
  .init(
    "npm-access-token",
    template: "//registry.npmjs.org/:_authToken=«npm_${alnum:30}${check:crc32-base62}»"),
  .init(
    "gitlab-pat",
    template: #"""
      + glab auth login --hostname gitlab.acme.test --token «glpat-${base64url:20}»
      """#),
  // Beside bytes that are no text, other scripts, and in the notations of other languages.
  .init("github-pat", template: #"‹iso› INFO  ‹logger› トークン：\#(githubPAT)、有効期限切れ"#),
  .init("anthropic-api-key", template: #"‹bytes 00 ff›\#(anthropicKey)‹bytes 00 01›"#),
  .init("slack-bot-token", template: #"‹iso› INFO  ‹logger› 🔑\#(slackToken)🔑"#),
  .init("aws-access-key-id", template: #"‹bytes c3 28›«AKIA${base32:16}»‹bytes e2 82›"#),
  .init(
    "authorization-bearer",
    template: #"""
      ‹log4j› DEBUG [worker-‹1-9›] httpx: headers={'Accept': '*/*', \#
      'Authorization': 'Bearer «${alnum:40}»', 'Host': 'api.acme.test'}
      """#),
  .init(
    "authorization-bearer",
    template: #"""
      :method: POST
      authorization: Bearer «${base64url:64}»
      content-type: application/grpc
      """#),
  .init(
    "generic-password",
    template: #"""
      {"ts":"‹iso›","event":"tool.result","content":"{\"stdout\":\"{\\\"user\\\":\\\"app\\\",\#
      \\\"password\\\":\\\"«${lower:5}${digit:4}!${upper:4}»\\\"}\",\"exit\":0}"}
      """#),
  .init(
    "generic-password",
    template: #"""
      + PGPASSWORD=«${alnum:12}${digit:3}» psql -h db-main.internal -U app orders
      """#),
  .init(
    "generic-password",
    template: #"""
      Config[user=app, password=«${lower:6}${digit:4}${upper:4}», host=db-main.internal]
      """#),
  .init(
    "generic-api-key",
    template: #"""
      PS> $env:ACME_API_KEY = "«${alnum:32}»"
      """#),
  .init(
    "generic-secret",
    template: #"""
      client_id = "agents"
      client_secret = "«${alnum:40}»"
      """#),
  .init(
    "generic-token",
    template: #"""
      docker run --rm -e ACME_TOKEN=«${alnum:32}» -e MODE=prod ghcr.io/acme/agent:4.2
      """#),
  .init(
    "generic-password",
    template: #"""
      +----+-----------+
      spring.datasource.password=«${alnum:10}${digit:4}!»\#r
      spring.datasource.url=jdbc:postgresql://db-main.internal/orders\#r
      """#),
  .init(
    "generic-password",
    template: #"""
      apiVersion: v1
      kind: Secret
      data:
        password: «${alnum:22}${digit:1}=»
        username: YXBw
      """#),
  .init(
    "jwt",
    template: #"""
      < Set-Cookie: session=\#(jwt); Path=/; HttpOnly; Secure\#r
      """#),
  .init(
    "private-key",
    template: #"""
      [{"role":"user","content":"why does this fail?\\n-----BEGIN EC PRIVATE KEY-----\\n\#
      «${base64:64}\\n${base64:64}\\n${base64:32}==»\\n-----END EC PRIVATE KEY-----"}]
      """#),
]
