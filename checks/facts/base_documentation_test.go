package facts

import "testing"

// A folder of documentation is one where packages put it, and no folder of that name.
func TestDocumentation(t *testing.T) {
	for name, want := range map[string]PathClass{
		"usr/share/doc/app/key.pem": Documentation, "usr/local/share/man/man1/app.1": Documentation, "usr/share/help/C/app.page": Documentation,
		"usr/share/vim/vim90/doc/map.txt": Documentation, "usr/lib/node_modules/app/docs/a.md": Documentation, "srv/node_modules/app/doc/a.md": Documentation,
		"etc/doc/server.key": Product, "opt/app/man/default.xml": Product, "info/wifi.conf": Product, "usr/share/doc": Product, "home/doc/share/a": Product,
	} {
		if got := ClassOf("image.bin!squashfs!" + name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	page := `<Value Name="Password" Value="admin123"/>` + "\n"
	for name, want := range map[string]int{"opt/app/man/default.xml": 1, "usr/share/man/default.xml": 0} {
		if got := len(observed(t, PlainSecrets, map[string]string{name: page})); got != want {
			t.Errorf("%s: %d passwords, want %d", name, got, want)
		}
	}
}
