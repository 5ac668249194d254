provider "acme" {
  token = "«${alnum:40}»"
}
provider "aws" {
  access_key = "AKIA2E0A8F3B244C9986"
  secret_key = "«${base64:40}»"
}
variable "db_password" {
  type    = string
  default = "«‹human›»"
}
resource "aws_db_instance" "db" {
  username = "admin"
  password = "«‹human›»"
  master_user_password = "«‹human›»"
}
resource "aws_lambda_function" "agent" {
  environment {
    variables = {
      OPENAI_API_KEY = "«${alnum:51}»"
      DB_PASSWORD    = "«‹human›»"
    }
  }
}
