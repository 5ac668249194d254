extension ProvokingText {
  /// Code and configuration that names secrets; one template a line.
  static let code = #"""
    password = getPassword(user)
    const token = await getToken(2);
    self.password = password
    api_key = os.environ["ACME_API_KEY"]
    token = request.headers.get('X-Token')
    apiKey: process.env.ACME_API_KEY,
    if (password.length < 8) throw new Error('x');
    def login(user: str, password: str = None) -> Token:
    String password = scanner.nextLine();
    private final String secretKey;
    password: z.string().min(8),
    token: Optional[str] = None
    @Value("${spring.datasource.password}") String password;
    passwordField = new JPasswordField(20);
    secret := viper.GetString("jwt.secret")
    SECRET_KEY = config('SECRET_KEY')
    api_key=api_key, base_url=base_url, timeout=30
    token := strings.TrimPrefix(h, "Bearer ")
    <input type="password" name="password" placeholder="Your password">
    <label for="password">Password</label>
    "password": {"type": "string", "minLength": 8},
    token = tokenizer.encode("hello world")
    assert response.json()["token"] is not None
    SELECT password_hash, api_key_id FROM users WHERE token = ?
    'password' => 'required|string|min:8',
    password_confirmation: params[:password]
    client_secret="${CLIENT_SECRET}"
    var.db_password
    secretName: my-tls-secret
    secretKeyRef: {name: db-credentials, key: password}
    existingSecret: "postgres-credentials"
    tokenUrl: https://a.test/oauth2/token
    token_endpoint_auth_method: client_secret_basic
    credentials: 'include',
    auth: required
    key: String(index)
    keyFile = "/etc/ssl/private/key2.pem"
    passwordFile: /run/secrets/db1
    password-stdin: true
    const PASSWORD_RESET = 'auth/passwordReset';
    type Password = string;
    api_key: !Ref ApiKeyParameter
    password: !vault |
    secret: ENC[AES256_GCM,data:${base64:24},iv:${base64:12}]
    api_version: 2024-02-15-preview
    api_key_header=X-Acme-Api-Key
    tokens: ["<s>", "</s>"]
    """#

  /// Placeholders, templates, references; one template a line.
  static let placeholders = #"""
    API_KEY=your-api-key-here
    export OPENAI_API_KEY=<your-key>
    password=changeme
    DB_PASSWORD=${DB_PASSWORD-}
    token: {{ .Values.token }}
    secret: xxxxxxxxxxxxxxxx
    AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
    AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
    "api_key": "YOUR_API_KEY"
    password: "••••••••"
    password=********
    token=[REDACTED]
    client_secret=[REDACTED:generic-secret:${hex:8}]
    api_key: sk-...
    access_token: "<token>"
    secret = "REPLACE_ME"
    SECRET_KEY=django-insecure-change-me
    api_key: "1234567890"
    https://user:password@example.com/
    https://user:<password>@host/
    password: (none)
    postgres://user:$PASSWORD@db/app
    Authorization: Bearer <access_token>
    token=null
    password: ''
    Authorization: Bearer $TOKEN
    curl -u user:$PASSWORD https://a.test
    apiKey: 'abcdefghijklmnop'
    token: op://vault/item/field
    password: vault:secret/data/db#password
    secret: TODO
    """#

  /// Messages; one template a line.
  static let prose = #"""
    Failed password for root from 10.0.0.${digit:2} port ${digit:5} ssh2
    WARN password: incorrect (attempt ${digit:1} of 5)
    token expired at 12:00, refresh needed
    The secret is stored in the vault; the key is its path.
    Please enter your password: 
    api key: see the documentation
    Invalid API key: check your configuration
    password must be at least 8 characters
    the token is invalid or has expired
    Your password has been changed on 2026-03-01.
    Enter password for user deploy:
    error: authentication failed (wrong password?) for 10.0.0.${digit:2}:5432
    Reset password? Click here2 to continue.
    secret rotation finished: 14 rotated, 2 skipped
    token bucket: 120 of 500 left
    key: value pairs, one a line
    Access token: not provided
    Password: [hidden]
    use --password-stdin instead of --password VALUE
    auth=enabled mfa=true
    | password | string | the password of the user |
    PASS: TestLogin (0.0${digit:1}s)
    Basic authentication is deprecated; Bearer authentication is preferred.
    """#
}
