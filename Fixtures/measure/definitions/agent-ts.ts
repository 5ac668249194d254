import { Agent } from "@acme/agents";
const openai = new OpenAI({ apiKey: "«sk-proj-${base64url:74}T3BlbkFJ${base64url:74}»", organization: "org-x" });
const client = createClient({ url: "libsql://a.turso.io", authToken: "«${b64json:{"alg":"EdDSA","typ":"JWT"}}.${b64json:{"a":"rw","iat":1700000000}}.${base64url:86}»" });
export const config = {
  db: { host: "db", user: "agent", password: "«‹human›»" },
  jwtSecret: '«‹human›»',
  session: { secret: "«${alnum:24}»", name: "sid" },
  stripe: { secretKey: `«‹token:stripe: live secret key (short)›»` },
  basicAuth: { user: "a", pass: "«‹human›»" },
  webhook: process.env.HOOK ?? "«https://hooks.slack.com/services/T${base32:10}/B${base32:10}/${alnum:24}»",
};
const transporter = nodemailer.createTransport({ host: "smtp", auth: { user: "a@b.c", pass: "«${lower:16}»" } });
