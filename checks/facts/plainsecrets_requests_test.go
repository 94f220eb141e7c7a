package facts

import (
	"encoding/base64"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

// TestRequestSecrets finds what a flat program logs in with, and passes by what is put
// in at run time, examples and messages.
func TestRequestSecrets(t *testing.T) {
	basic := func(login string) string {
		return "Authorization: Basic " + base64.StdEncoding.EncodeToString([]byte(login))
	}
	for _, tt := range []struct{ strings, want string }{
		{basic("plug:Tz8kq2pWx"), "Tz8kq2pWx"},
		{"GET /fw HTTP/1.1\r\nHost: u.acme.invalid\r\n" + basic("plug:Tz8kq2pWx") + "\r\n\r\n", "Tz8kq2pWx"},
		{"-H|" + strings.ToLower(basic("")[:20]) + " " + base64.StdEncoding.EncodeToString([]byte("admin:admin")), "admin"},
		{" h" + basic("plug:Tz8kq2pWx"), "Tz8kq2pWx"},
		{"username=plug&password=tz8kq2pwx", "tz8kq2pwx"},
		{"/login.cgi?user=plug&pwd=Tz8kq2pWx", "Tz8kq2pWx"},
		{"POST /api/auth?mqtt_user=plug&pass=Tz8kq2pWx&v=1 HTTP/1.1", "Tz8kq2pWx"},
		{"Authorization: Basic %s", ""},
		{"Authorization: Basic ", ""},
		{`WWW-Authenticate: Basic realm="Secr3tpw9"`, ""},
		{basic("Aladdin:open sesame"), ""},
		{basic("user:password"), ""},
		{basic("%s:%s"), ""},
		{"Authorization: Basic authentication", ""},
		{"username=%s&password=%s", ""},
		{"username=user&password=password", ""},
		{"user=plug&password=", ""},
		{"user=plug&session=Tz8kq2pWx", ""},
		{"ssid=&password=Tz8kq2pWx1", "Tz8kq2pWx1"}, // of a network whose name is not known yet
		{"show user & password=unchanged1 hint", ""},
	} {
		content := []byte("\x00\x01\x02" + strings.ReplaceAll(tt.strings, "|", "\x00") + "\x00\x01" + strings.Repeat("\x00", 64))
		got := ""
		for _, p := range seeRawSecrets(&firmware.File{Path: "x", Kind: firmware.Raw, Size: int64(len(content))}, content) {
			got, _ = p.Secret.Reveal()
			if l := p.Location; l.Length == 0 || l.Offset+l.Length > int64(len(content)) || p.Wifi {
				t.Errorf("%q: %+v", tt.strings, p)
			}
		}
		if got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.strings, got, tt.want)
		}
	}
}
