import os
from langchain_openai import ChatOpenAI
from langchain_community.utilities import SQLDatabase

os.environ["OPENAI_API_KEY"] = "«sk-proj-${base64url:74}T3BlbkFJ${base64url:74}»"
os.environ['SERPAPI_API_KEY'] = '«${hex:64}»'
os.environ.setdefault("ELASTIC_PASSWORD", "«‹human›»")

llm = ChatOpenAI(model="gpt-4o", api_key="«${alnum:48}»", temperature=0)
db = SQLDatabase.from_uri("mysql+pymysql://agent:«‹human›»@db/shop")
client = Client(host="imap.acme.test", username="bot", password='«‹human›»')
HEADERS = {"Authorization": "Bearer «${alnum:64}»", "Accept": "application/json"}
WEBHOOK_SECRET = "«${hex:40}»"
db_password = "«‹human›»"
conn = psycopg2.connect("dbname=app user=app password=«‹human›» host=db")
auth = ("svc-agent", "«‹human›»")
response = requests.get(url, auth=HTTPBasicAuth("admin", "«‹human›»"))
