package facts

import (
	"encoding/base64"
	"hash/crc32"
	"slices"
	"strings"
	"testing"
)

// withCRC ends a token as GitHub and npm do. Tokens are put together here, so
// that nobody's scanner takes this file for a leak.
func withCRC(prefix, body string) string {
	sum := crc32.ChecksumIEEE([]byte(body))
	var end [6]byte
	for i := 5; i >= 0; i-- {
		end[i] = base62[sum%62]
		sum /= 62
	}
	return prefix + body + string(end[:])
}

func mixed(n int) string { return strings.Repeat("a7Kq2ZxP9w", 60)[:n] }

func TestTokenForms(t *testing.T) {
	whole := map[string]string{
		"AWS access key":          "AKI" + "AQ7RT2MXK3LWP5ND6",
		"GitHub token":            withCRC("gh"+"p_", mixed(30)),
		"npm token":               withCRC("np"+"m_", mixed(30)),
		"GitLab token":            "glp" + "at-" + mixed(20),
		"PyPI token":              "pypi-" + "AgEIcHlwaS5vcmc" + mixed(60),
		"Slack token":             "xox" + "b-1234567890-" + mixed(24),
		"Slack web hook":          "hooks.slack.com/" + "services/T12345678/B12345678/" + mixed(24),
		"Discord web hook":        "discord.com/api/" + "webhooks/123456789012345678/" + mixed(68),
		"Stripe key":              "sk_" + "live_" + mixed(24),
		"Google API key":          "AIz" + "a" + mixed(35),
		"Google client secret":    "GOC" + "SPX-" + mixed(28),
		"SendGrid key":            "SG" + "." + mixed(22) + "." + mixed(43),
		"Telegram bot token":      "123456789" + ":AA" + mixed(33),
		"Azure shared access key": "SharedAccess" + "Key=" + mixed(43) + "=",
		"Azure account key":       "Account" + "Key=" + mixed(86) + "==",
		"DigitalOcean token":      "dop_" + "v1_" + strings.Repeat("0123456789abcdef", 4),
		"Hugging Face token":      "hf" + "_" + strings.Repeat("abCDefGHij", 4)[:34],
		"OpenAI key":              "sk-" + mixed(20) + "T3Blbk" + "FJ" + mixed(20),
		"Anthropic key":           "sk-ant-" + "api03-" + mixed(90),
		"Adafruit IO key":         "ai" + "o_abcd12" + mixed(22),
		"Tailscale key":           "tskey-" + "auth-" + mixed(12) + "-" + mixed(24),
		"Mapbox secret token":     "sk." + "eyJ" + mixed(24) + "." + mixed(24),
		"HashiCorp Vault token":   "hvs" + "." + mixed(95),
		"Shopify token":           "shp" + "at_" + strings.Repeat("0123456789abcdef", 2),
	}
	for what, token := range whole {
		o := observeFiles(t, map[string]string{
			"etc/right.bin": "x = '" + token + "';\n",
			"etc/cut.bin":   "x = '" + token[:len(token)/2] + "';\n",
			"etc/word.bin":  "x = 'abc" + token + "';\n",
		}, Tokens)
		var got []string
		for _, f := range valueOf(t, o, Tokens) {
			got = append(got, f.What+" "+f.Location.Path[strings.LastIndex(f.Location.Path, "!")+1:])
		}
		want := []string{what + " etc/right.bin"}
		if what == "OpenAI key" || what == "Slack web hook" || what == "Discord web hook" || what == "Telegram bot token" {
			got = slices.DeleteFunc(got, func(s string) bool { return strings.HasSuffix(s, "word.bin") })
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
}

// The token of a bot at Telegram stands in an address, or by itself in a program.
func TestBotTokens(t *testing.T) {
	token := "123456789" + ":AA" + mixed(33)
	for content, want := range map[string]bool{
		"x=https://api.telegram.org/bot" + token + "/sendMessage\n":   true,
		"\x01\x02\x00\x00" + token + "\x00\x03":                       true,
		"\x01\x02\x00api.telegram.org/bot" + token + "/\x00\x03":      true,
		"\x01\x02\x00api.telegram.org/bot%s/sendMessage\x00":          false,
		"\x01\x02\x00robot" + token + "\x00":                          false,
		"\x01\x02\x00" + token[:40] + "\x00":                          false,
		"\x01\x02\x00/bot12:AA" + mixed(33) + "\x00":                  false,
		"\x01\x02\x00123456789:AA" + strings.Repeat("x", 33) + "\x00": false,
	} {
		found := valueOf(t, observeFiles(t, map[string]string{"usr/bin/x": content}, Tokens), Tokens)
		if len(found) > 1 || len(found) == 1 != want || want && found[0].Location.Offset != int64(strings.Index(content, token)) {
			t.Errorf("%q: %+v", content, found)
		}
	}
}

// A checksum tells a token from a word that only looks like one.
func TestTokenChecksum(t *testing.T) {
	good := withCRC("gh"+"p_", mixed(30))
	bad := "ghp_" + mixed(36)
	o := observeFiles(t, map[string]string{"etc/good": good + "\n", "etc/bad": bad + "\n"}, Tokens)
	if found := valueOf(t, o, Tokens); len(found) != 1 || !strings.HasSuffix(found[0].Location.Path, "etc/good") {
		t.Errorf("found %v", found)
	}
	if !crcToken(good) || crcToken(bad) || crcToken("ghp_") {
		t.Error("the checksum is not right")
	}
}

func TestNamedTokens(t *testing.T) {
	o := observeFiles(t, map[string]string{
		"etc/agent.token":             "fleet-shared-token-5f1c2f77\n",
		"etc/agent.conf":              "server = https://cloud.invalid\napi_key = 4f1a9bc2d73e4b60\n# api_key = 1111222233334444aa\ntoken_file = /run/secrets/token-12345\n",
		"etc/agent.json":              `{"clientSecret": "Zq81-mn20-Pk77-ab19"}` + "\n",
		"etc/mender/mender.conf":      "\"TenantToken\": \"eyJhbGciOiJSUzI1NiJ9.eyJ0ZW5hbnQiOiIxMjMifQ.c2lnbmF0dXJlMTIz\",\n",
		"usr/bin/up":                  "#!/bin/sh\nTOKEN=7d1f20ab45ce98\ncurl -H 'Authorization: Bearer 90ab12cd34ef56gh' https://cloud.invalid\nagent --token \"$(cat /etc/t)\" --api-key 77aa88bb99cc00dd\n",
		"etc/public.conf":             "public_key = 4f1a9bc2d73e4b60a1\napi_key = your-api-key-1234-here\ncsrf_token = 4f1a9bc2d73e4b60a2\ntoken = 0000000000000000\nname = token\n",
		"etc/opkg/keys/f9f0e1d2c3b4":  "untrusted comment: key\nRWRqe9HCLx4KVQ2O6g3RY5mBjZucyUEvtN4cbppg+9OYMxFXgJ1lr02L\n",
		"usr/share/doc/agent/README":  "api_key = 4f1a9bc2d73e4b60\n",
		"www/app.js":                  "token = '4f1a9bc2d73e4b60'\n",
		"usr/lib/opkg/info/x.control": "Package: x\nVersion: 1.2.3-r4567890123\n",
	}, Tokens)
	var got []string
	for _, f := range valueOf(t, o, Tokens) {
		got = append(got, f.What+" "+f.Location.Path[strings.LastIndex(f.Location.Path, "!")+1:])
	}
	want := []string{
		"token (api_key) etc/agent.conf", "token (clientSecret) etc/agent.json", "token etc/agent.token", "token (TenantToken) etc/mender/mender.conf",
		"token (token) usr/bin/up", "token (api-key) usr/bin/up",
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestTokensOfOneLine(t *testing.T) {
	const a, b = "9f8a3c7e1b2d4f60a5c8e7d9b1f03a26", "kT9fQ2mZx7LpR4vB8nCwY1sD6hJ3gE5a"
	for name, tc := range map[string]struct{ file, content, want string }{
		"the first member":    {"opt/c.json", `{"apiKey":"` + a + `","applicationId":"1"}`, "token (apiKey)"},
		"a nested member":     {"opt/c.json", `{"mqtt":{"host":"a.com","accessToken":"` + b + `"}}`, "token (accessToken)"},
		"in a list":           {"opt/c.json", `{"list":[{"client_secret": "` + b + `"}],"x":1}`, "token (client_secret)"},
		"two of them":         {"opt/c.json", `{"apiKey":"` + a + `","x":[1],"mixpanelToken":"` + b + `","z":2}`, "token (apiKey), token (mixpanelToken)"},
		"beside a form":       {"opt/c.json", `{"aws":"AKIAQ4J5Y7R2T3W6Z2KD","apiKey":"` + a + `"}`, "token (apiKey), AWS access key"},
		"the form itself":     {"opt/c.json", `{"access_key":"AKIAQ4J5Y7R2T3W6Z2KD","x":1}`, "AWS access key"},
		"a flow of YAML":      {"opt/c.yaml", "mqtt: {host: a.com, access_token: " + b + ", port: 1}", "token (access_token)"},
		"a table of TOML":     {"opt/c.toml", "mqtt = { api_key = '" + a + "', port = 1 }", "token (api_key)"},
		"before a comment":    {"opt/c.conf", "api_key = " + a + " # of the cloud", "token (api_key)"},
		"a long line":         {"opt/c.json", `{"x":"` + strings.Repeat("word ", 2000) + `","apiKey":"` + a + `","y":1}`, "token (apiKey)"},
		"of a subscription":   {"opt/c.json", `{"subscriptionKey":"` + b + `","x":1}`, "token (subscriptionKey)"},
		"what signs tokens":   {"opt/c.json", `{"jwtSecret":"s3cr3tjwtsigningkey123"}`, "token (jwtSecret)"},
		"of one digit":        {"opt/c.json", `{"authToken":"dRAALefmcMWlfebwNEJIEbTXevfYuaD9"}`, "token (authToken)"},
		"words":               {"opt/c.json", `{"authToken":"getAuthTokenOfTheDeviceV2"}`, ""},
		"Memfault":            {"etc/memfaultd.conf", `{"project_key":"` + b + `"}`, "token (project_key)"},
		"Memfault's variable": {"etc/agent.conf", `MEMFAULT_PROJECT_KEY=` + b, "token (MEMFAULT_PROJECT_KEY)"},
		"another's project":   {"etc/sonar.conf", `{"project_key":"` + b + `"}`, ""},
		"LoRaWAN":             {"etc/lora.json", `{"DevEUI":"70b3d57ed0000001","AppKey":"` + a + `"}`, "token (AppKey)"},
		"a modem of LoRaWAN":  {"opt/join.txt", "AT+APPKEY=8E24F1B07C3D5A69E2104B7F9C6D8A35", "key of LoRaWAN"},
		"with marks between":  {"opt/join.txt", `AT+NWKKEY="8E:24:F1:B0:7C:3D:5A:69:E2:10:4B:7F:9C:6D:8A:35"`, "key of LoRaWAN"},
		"one of the manual":   {"opt/join.txt", "AT+APPKEY=2B7E151628AED2A6ABF7158809CF4F3C", ""},
		"one to fill in":      {"opt/join.txt", "AT+APPKEY=%s\nAT+APPKEY=00000000000000000000000000000000\nAT+APPKEY=?", ""},
		"an identity":         {"opt/join.txt", "AT+DEVEUI=8E24F1B07C3D5A69", ""},
		"an application's":    {"etc/push.json", `{"AppKey":"` + a + `"}`, ""},
		"a web token":         {"opt/c.conf", "jwt=" + webTokenOf(`{"alg":"HS256"}`, `{"sub":"device"}`), "token (jwt)"},
		"behind a word":       {"opt/c.yaml", "authorization: Bearer " + webTokenOf(`{"alg":"ES256"}`, `{"sub":"device"}`), "token (authorization)"},
		"of a service":        {"opt/c.env", "SUPABASE_KEY=" + webTokenOf(`{"alg":"HS256"}`, `{"role":"service_role"}`), "token (SUPABASE_KEY)"},
		"of visitors":         {"opt/c.env", "SUPABASE_KEY=" + webTokenOf(`{"alg":"HS256"}`, `{"role":"anon"}`), ""},
		"for all":             {"opt/c.env", "SUPABASE_ANON_KEY=" + webTokenOf(`{"alg":"HS256"}`, `{"role":"x"}`), ""},
		"a licence":           {"opt/c.json", `{"license":"` + webTokenOf(`{"alg":"RS256"}`, `{"sub":"acme"}`) + `"}`, ""},
		"of a manual":         {"opt/c.env", "TOKEN=" + webTokenOf(`{"alg":"HS256"}`, `{"sub":"1234567890","name":"John Doe"}`), ""},
		"unsigned":            {"opt/c.env", "JWT=" + webTokenOf(`{"alg":"none"}`, `{"sub":"device"}`), ""},
		"of no JSON":          {"opt/c.env", "JWT=eyJabcdefghijkl.eyJabcdefghijklmn." + strings.Repeat("ab1", 15), ""},
		"a public key":        {"opt/c.json", `{"publicKey":"` + a + `","x":1}`, ""},
		"a token's name":      {"opt/c.json", `{"tokenId":"` + a + `","csrfToken":"` + a + `","x":1}`, ""},
		"to fill in":          {"opt/c.json", `{"apiKey":"your-api-key-12-34-here","token":"00000000000000000000","x":1}`, ""},
		"an address":          {"opt/c.json", `{"accessToken":"https://a.com/token/1234","x":1}`, ""},
		"in a manual":         {"usr/share/i18n/c.json", `{"apiKey":"` + a + `","x":1}`, ""},
		"a comment":           {"opt/c.conf", `# {"apiKey":"` + a + `","x":1}`, ""},
		"a page's own line":   {"www/a.js", `var a={"token":"` + a + `","x":1}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range observed(t, Tokens, map[string]string{tc.file: tc.content + "\n"}) {
				got = append(got, f.What)
			}
			if strings.Join(got, ", ") != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// webTokenOf is a JSON web token whose signature is only letters.
func webTokenOf(header, claims string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + "." + strings.Repeat("Zk3", 15)[:43]
}

func TestPasswordOfALongLine(t *testing.T) {
	line := `{"x":"` + strings.Repeat("word ", 2000) + `","password":"Tz8kq2pW","y":1}`
	if got := observed(t, PlainSecrets, map[string]string{"opt/c.json": line}); len(got) != 1 {
		t.Errorf("got %d passwords, want 1", len(got))
	}
}

// Secrets with which programs sign, and what only looks like them.
func TestTokensOfCode(t *testing.T) {
	for line, want := range map[string]string{
		`const JWT_SECRET = "Kq8zTw3pKq8zTw3pKq8z";`:                           "token (JWT_SECRET)",
		`const token = jwt.sign({ id: 1 }, "Kq8zTw3qKq8zTw3q");`:               "token (jwt.sign)",
		`app.use(session({ name: "sid", secret: "Kq8zTw3qKq8zTw3r" }));`:       "token (session)",
		`app.config["SECRET_KEY"] = "Kq8zTw3pKq8zTw3pKq8z"`:                    "token (SECRET_KEY)",
		`jwt.encode(p, "Kq8zTw3qKq8zTw3q", algorithm="HS256")`:                 "token (jwt.encode)",
		`define('JWT_SECRET', 'Kq8zTw3pKq8zTw3pKq8z');`:                        "token (JWT_SECRET)",
		`const JWT_SECRET = process.env.JWT_SECRET;`:                           "",
		`const JWT_SECRET = process.env.JWT_SECRET || "change-your-secret-1";`: "",
		`jwt.verify(token, publicKey, { algorithms: ["RS256"] });`:             "",
		`// JWT_SECRET = "Kq8zTw3pKq8zTw3pKq8z"`:                               "",
		`secret_key = load("/data/secret_key_of_device1")`:                     "",
		`SECRET_KEY = "aaaaaaaaaaaaaaaaaaaa"`:                                  "",
		`session("https://a.example.invalid/x1")`:                              "",
	} {
		var got []string
		for _, f := range valueOf(t, observeFiles(t, map[string]string{"opt/app/a.js": line + "\n"}, Tokens), Tokens) {
			got = append(got, f.What)
		}
		if strings.Join(got, ", ") != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// A program's own token is one by its name and by a value that is no name itself.
func TestTokensOfPrograms(t *testing.T) {
	const a, b = "a9f5f167f44f4964e6c998dee827110d", "Zx9kLmQ2pR7sT4vW8yB3nC6d"
	for name, tc := range map[string]struct{ file, content, want string }{
		"Python":          {"opt/a.py", `API_TOKEN = "` + a + `"`, "token (API_TOKEN)"},
		"Base64":          {"opt/a.py", `INFLUX_TOKEN = "f3b8Jq9sLk2mN4pQ6rS8tU0vW2xY4zA6bC8dE0fG2hI4jK6lM8nO0pQ2rS4tU6v=="`, "token (INFLUX_TOKEN)"},
		"members":         {"opt/a.js", `var o = {api_key: "` + a + `", clientSecret: "` + b + `"};`, "token (api_key), token (clientSecret)"},
		"a constant":      {"opt/a.js", `const API_KEY = '` + a + `';`, "token (API_KEY)"},
		"PHP":             {"opt/a.php", "<?php\n$api_token = '" + a + "';\ndefine('API_SECRET', '" + b + "');\n", "token (api_token), token (API_SECRET)"},
		"a page's":        {"www/js/a.js", `var apiKey = "` + a + `";`, ""},
		"a package's":     {"usr/lib/python3/dist-packages/x/a.py", `API_TOKEN = "` + a + `"`, ""},
		"a partition's":   {"vendor/bin/a.py", `API_TOKEN = "` + a + `"`, "token (API_TOKEN)"},
		"a folder's":      {"opt/vendor/acme/a.py", `API_TOKEN = "` + a + `"`, "token (API_TOKEN)"},
		"a comment":       {"opt/a.py", `# API_TOKEN = "` + a + `"`, ""},
		"a name":          {"opt/a.py", `API_KEY = "x-api-key-header-v2"`, ""},
		"of surroundings": {"opt/a.py", `API_TOKEN = os.environ["ACME_API_TOKEN_V2X"]`, ""},
		"of a form":       {"opt/a.py", `csrf_token = "` + a + `"`, ""},
		"a public one":    {"opt/a.py", `public_api_key = "` + a + `"`, ""},
		"compared":        {"opt/a.py", `if api_key == "` + a + `":`, ""},
		"to be filled in": {"opt/a.py", `API_TOKEN = "yourapitoken1234567890"`, ""},
	} {
		o := observeFiles(t, map[string]string{tc.file: tc.content + "\n"}, Tokens)
		var got []string
		for _, f := range valueOf(t, o, Tokens) {
			got = append(got, f.What)
		}
		if strings.Join(got, ", ") != tc.want {
			t.Errorf("%s: %q, want %q", name, got, tc.want)
		}
	}
}

// What a package manager put into a folder "vendor" is of others.
func TestTokensOfVendoredPrograms(t *testing.T) {
	const text = "<?php\n$api_token = 'a9f5f167f44f4964e6c998dee827110d';\n"
	for mark, want := range map[string]int{
		"srv/vendor/autoload.php": 0, "srv/vendor/composer/installed.json": 0, "srv/vendor/acme/x/composer.json": 0, "srv/vendor/bundle/ruby/x.rb": 0, "srv/vendor/modules.txt": 0,
		"srv/autoload.php": 1, "srv/vendor/acme/composer.txt": 1,
	} {
		o := observeFiles(t, map[string]string{"srv/vendor/acme/x/a.php": text, mark: "x\n"}, Tokens)
		if got := len(valueOf(t, o, Tokens)); got != want {
			t.Errorf("%s: %d tokens, want %d", mark, got, want)
		}
	}
}

// What services sign with, in files of surroundings and the like.
func TestSigningSettings(t *testing.T) {
	const a = "k9Jd83hfKs92hdKs83jd"
	for line, want := range map[string]string{
		"HMAC_KEY=" + a: "HMAC_KEY", "SECRET_KEY=" + a: "SECRET_KEY", "ACME_JWT_SECRET=" + a: "ACME_JWT_SECRET", "ENCRYPTION_KEY='" + a + "'": "ENCRYPTION_KEY",
		"      - JWT_SECRET=" + a: "JWT_SECRET", "      JWT_SECRET: \"" + a + "\" # set": "JWT_SECRET", "ENV SESSION_SECRET=" + a: "SESSION_SECRET",
		"export DJANGO_SECRET_KEY='3k$9d&k2jd8@skw0^xx7Qm'": "DJANGO_SECRET_KEY", "SECRET_KEY_BASE=" + a + a: "SECRET_KEY_BASE",
		"APP_KEY=base64:3k9dk2jd8skwQ7bX2mZx7LpR4vB8nA1cV5tY9uW0eD=": "APP_KEY", `Environment="HMAC_SECRET=` + a + `"`: "HMAC_SECRET",

		"APP_KEY=" + a: "", "JWT_SECRET=": "", "JWT_SECRET=${JWT_SECRET}": "", "SECRET_KEY=<20 letters>": "", "SECRET_KEY={{ secret_key_12345 }}": "",
		"JWT_SECRET=your-secret-key-12345": "", "ENCRYPTION_KEY=/etc/keys/disk-key-001": "", "JWT_SECRET=short1": "", "signing_key = 3AA5C34371567BD2": "", "HMAC_KEY_ID=" + a: "",
		"# HMAC_KEY=" + a: "", "JWT_PUBLIC_KEY=" + a: "", "SECRET_KEY=$(cat /run/key12345678)": "",
	} {
		for _, file := range []string{"opt/app/.env", "opt/app/.env.production", "etc/app.env", "opt/docker-compose.yml", "opt/Dockerfile"} {
			o := observeFiles(t, map[string]string{file: line + "\n"}, Tokens)
			var got []string
			for _, f := range valueOf(t, o, Tokens) {
				got = append(got, strings.TrimSuffix(strings.TrimPrefix(f.What, "token ("), ")"))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("%s: %s: %q, want %q", file, line, got, want)
			}
		}
	}
}

// TestTokenInAddress: the address of a bot of Telegram has its token right behind "bot".
func TestTokenInAddress(t *testing.T) {
	token := "123456789" + ":AA" + mixed(33)
	o := observeFiles(t, map[string]string{
		"etc/right.sh": "curl https://api.telegram.org/bot" + token + "/sendMessage\n",
		"etc/word.sh":  "echo robot" + token + "\n",
	}, Tokens)
	if got := valueOf(t, o, Tokens); len(got) != 1 || !strings.HasSuffix(got[0].Location.Path, "right.sh") {
		t.Errorf("found %v, want the one in right.sh", got)
	}
}
