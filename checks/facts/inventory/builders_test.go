package inventory

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"os"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware"
)

func fileAt(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// withSection gives a 64-bit ELF file of one section, besides that of the names.
func withSection(name string, data []byte) []byte {
	names := "\x00" + name + "\x00.shstrtab\x00"
	at := uint64(64)
	b := make([]byte, 64)
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(b[16:], 2)
	le.PutUint16(b[18:], 62)
	le.PutUint32(b[20:], 1)
	table := at + uint64(len(data)+len(names))
	le.PutUint64(b[40:], table)
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[58:], 64)
	le.PutUint16(b[60:], 3)
	le.PutUint16(b[62:], 2)
	b = append(append(b, data...), names...)
	header := func(name, kind uint32, offset, size uint64) {
		h := make([]byte, 64)
		le.PutUint32(h, name)
		le.PutUint32(h[4:], kind)
		le.PutUint64(h[24:], offset)
		le.PutUint64(h[32:], size)
		b = append(b, h...)
	}
	header(0, 0, 0, 0)
	header(1, 1, at, uint64(len(data)))
	header(uint32(len(name)+2), 3, at+uint64(len(data)), uint64(len(names)))
	return b
}

func TestBuilders(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write([]byte(`{"packages":[{"name":"agent","version":"0.3.0","root":true},{"name":"cc","version":"1.0.1","kind":"build"},{"name":"ring","version":"0.17.8"}]}`))
	z.Close()
	note := `{"type":"deb","os":"Debian","name":"systemd","version":"252.39-1~deb12u2","architecture":"amd64","debugInfoUrl":"https://debuginfod.example.invalid"}`
	for name, c := range map[string]struct{ content, want string }{
		"cargo-auditable":           {string(withSection(".dep-v0", packed.Bytes())), "pkg:cargo/agent@0.3.0 build, pkg:cargo/ring@0.17.8 build"},
		"not zlib":                  {string(withSection(".dep-v0", []byte("plain text here"))), ""},
		"the word only":             {string(program("the section .dep-v0 holds")), ""},
		"path of a crate":           {string(program("/root/.cargo/registry/src/index.crates.io-6f17d22bba15001f/serde_json-1.0.87/src/de.rs")), "pkg:cargo/serde_json@1.0.87 string"},
		"path of a Debian's crate":  {string(program("/usr/share/cargo/registry/aho-corasick-0.7.19/src/dfa.rs")), "pkg:cargo/aho-corasick@0.7.19 string"},
		"registry without a crate":  {string(program("/root/.cargo/registry/cache")), ""},
		"packaging note":            {string(program("\x7eFDO", note)), ""},
		"packaging note, as a note": {"\x7fELF\x04\x00\x00\x00\x94\x00\x00\x00\x7e\x1a\xfe\xcaFDO\x00" + note + "\x00", "pkg:deb/debian/systemd@252.39-1~deb12u2 build"},
		"a broken note":             {"\x7fELF\x04\x00\x00\x00FDO\x00{\"type\":\"deb\",\"name\":\x00", ""},
	} {
		var got []string
		for _, s := range seeBanners(&firmware.File{Name: "usr/bin/x", Size: int64(len(c.content))}, []byte(c.content), bannerWords.Sights([]byte(c.content))) {
			got = append(got, s.component().PURL+" "+s.Confidence)
		}
		if strings.Join(got, ", ") != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestLanguageNames holds that the crate openssl is not taken for OpenSSL.
func TestLanguageNames(t *testing.T) {
	crate := sighting{Name: "openssl", Version: "0.10.66", Ecosystem: "cargo"}.component()
	if crate.Named("libssl3") || !crate.Named("openssl") {
		t.Errorf("%+v goes by the wrong names", crate)
	}
}
