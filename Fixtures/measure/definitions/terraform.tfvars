region            = "eu-west-1"
db_password       = "«‹human›»"
master_password   = "«‹human›»"
openai_api_key    = "«${alnum:51}»"
datadog_api_key   = "«${hex:32}»"
datadog_app_key   = "«${hex:40}»"
github_token      = "«‹token:github: personal access token (classic)›»"
admin_credentials = {
  username = "admin"
  password = "«‹human›»"
}
secrets = {
  "session" = "«${alnum:32}»"
  WEBHOOK_SECRET = "«${hex:40}»"
}
