package facts

import (
	"strings"
	"testing"
)

// Values are put together here, so that nobody's scanner takes this file for a leak.
func TestSigningKeysOfServices(t *testing.T) {
	key := strings.Repeat("4f1a9bc2d73e4b60", 4)
	b64 := mixed(43) + "="
	for name, tc := range map[string]struct{ file, content, want string }{
		"Auth.js":              {"opt/d/.env", "NEXTAUTH_SECRET=" + b64 + "\nAUTH_SECRET=" + key + "\n", "token (NEXTAUTH_SECRET), token (AUTH_SECRET)"},
		"Auth.js, a place":     {"opt/d/.env", "NEXTAUTH_SECRET=your-secret-goes-here-1234\nAUTH_SECRET=${SECRET}\nAUTH_SECRET_FILE=/run/secrets/auth1\n", ""},
		"what signs":           {"opt/d/.env", "SIGNING_KEY=" + key + "\nJWT_SIGNING_KEY=" + b64 + "\nAES_KEY=" + key[:32] + "\n", "token (SIGNING_KEY), token (JWT_SIGNING_KEY), token (AES_KEY)"},
		"in a default":         {"etc/default/app", "SIGNING_KEY=" + key + "\n", "token (SIGNING_KEY)"},
		"keys of GnuPG":        {"etc/x.conf", "signing_key = " + strings.ToUpper(key[:16]) + "\nSIGNING_KEY=" + strings.ToUpper(key[:40]) + "\nsigning_key: " + key[:40] + "\n", ""},
		"a script of GnuPG":    {"usr/bin/x", "#!/bin/sh\nSIGNING_KEY=" + strings.ToUpper(key[:40]) + "\n", ""},
		"a size":               {"etc/x.conf", "aes_key_size: 256\naes_key: /etc/keys/device1/aes256.key\n", ""},
		"Spring":               {"opt/d/application.properties", "jwt.secret=" + key + "\n", "token (jwt.secret)"},
		"Spring, deeper":       {"opt/d/application.properties", "app.jwt.secret=" + key + "\napp.jwt.secret-key=" + b64 + "\njwt.secret=${JWT_SECRET}\n", "token (app.jwt.secret), token (app.jwt.secret-key)"},
		"Rails":                {"srv/app/config/master.key", key[:32], "key of Rails' credentials"},
		"Rails, one for each":  {"srv/app/config/credentials/production.key", key[:32] + "\n", "key of Rails' credentials"},
		"Rails, surroundings":  {"srv/app/.env", "RAILS_MASTER_KEY=" + key[:32] + "\n", "token (RAILS_MASTER_KEY)"},
		"a file called so":     {"etc/app/master.key", key[:32], ""},
		"a file of other text": {"srv/app/config/master.key", "the key is not in here, ask for it", ""},
		"RADIUS":               {"etc/config/x", "option auth_secret '" + key[:20] + "'\n", ""},
	} {
		var got []string
		for _, f := range observed(t, Tokens, map[string]string{tc.file: tc.content}) {
			got = append(got, f.What)
		}
		if got := strings.Join(got, ", "); got != tc.want {
			t.Errorf("%s: got %q, want %q", name, got, tc.want)
		}
	}
}

func TestExamplesOfSurroundings(t *testing.T) {
	for name, want := range map[string]PathClass{
		"opt/a/.env": Product, "opt/a/.env.production": Product, "opt/a/.env.local": Product, "opt/a/test.env": Product, "opt/a/app.dist": Product,
		"opt/a/.env.dist": Examples, "opt/a/.env.test": Examples, "opt/a/.env.sample": Examples, "opt/a/.env.template": Examples, "opt/a/.env.example": Examples, "opt/a/.env.testing": Examples,
	} {
		if got := ClassOf(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
