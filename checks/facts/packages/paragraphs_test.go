package packages

import "testing"

func TestReadParagraphs(t *testing.T) {
	status := `Package: busybox
Version: 1.35.0-4
Status: install ok installed
Source: busybox (1:1.35.0)
Architecture: mips

Package: gone
Version: 1
Status: deinstall ok config-files

Package: kernel
Version: 4.9.107-1
Status: install hold installed
Description: text
 Version: 9 is not the version
`
	got := readParagraphs("opkg", []byte(status))
	if len(got) != 2 || got[0].Name != "busybox" || got[0].Source != "busybox" || got[0].Arch != "mips" || got[1].Version != "4.9.107-1" {
		t.Fatalf("opkg: %+v", got)
	}
	if at := got[1].Location; at.Line != 11 || status[at.Offset:at.Offset+at.Length] != "Package: kernel" {
		t.Errorf("the place of kernel is %+v", at)
	}
	apk := "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:aarch64\no:musl\n\nP:zlib\nV:1.3-r0"
	if got := readParagraphs("apk", []byte(apk)); len(got) != 2 || got[1].Name != "zlib" || got[0].Source != "musl" {
		t.Errorf("apk: %+v", got)
	}
}

func FuzzReadParagraphs(f *testing.F) {
	f.Add("deb", []byte("Package: a\nVersion: 1\nStatus: install ok installed\n\nPackage: b"))
	f.Add("apk", []byte("P:a\nV:1\n\n"))
	f.Fuzz(func(t *testing.T, kind string, data []byte) {
		for _, p := range readParagraphs(kind, data) {
			if p.Name == "" || p.Version == "" || p.Location.Offset+p.Location.Length > int64(len(data)) {
				t.Errorf("read %+v from %q", p, data)
			}
		}
	})
}
