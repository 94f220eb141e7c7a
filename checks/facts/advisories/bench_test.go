package advisories

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/assay-iot/assay/checks/facts/inventory"
)

// benchSet gives a data set to look into: the one in the folder ASSAY_DATA, or one
// of 20,000 records of as many packages.
func benchSet(b *testing.B) *Set {
	dir := os.Getenv("ASSAY_DATA")
	if dir == "" {
		dir = filepath.Join(b.TempDir(), "data")
		w, err := newBlockWriter(filepath.Join(dir, ecosystemCPE))
		if err != nil {
			b.Fatal(err)
		}
		for i := range 20_000 {
			name := fmt.Sprintf("p%05d:p%05d", i, i)
			text := fmt.Sprintf(`{"affected":[{"package":{"name":%q,"ecosystem":"CPE"},"ranges":[{"type":"ECOSYSTEM","events":[{"introduced":"0"},{"fixed":"%d.%d"}]}]}],"id":"CVE-2030-%d","database_specific":{"rating":"high"}}`, name, i%9, i%40, i)
			if err := w.add(name, []byte(text)); err != nil {
				b.Fatal(err)
			}
		}
		digest, err := w.close()
		if err != nil {
			b.Fatal(err)
		}
		manifest := fmt.Sprintf(`{"format":%q,"as_of":"2026-11-23","ecosystems":[{"name":"CPE","folder":"CPE","day":"2026-11-20","index_sha256":%q}]}`, unsealedFormat, digest)
		if err := os.WriteFile(filepath.Join(dir, "manifest.json"), []byte(manifest), 0o644); err != nil {
			b.Fatal(err)
		}
	}
	s, err := Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { s.Close() })
	return s
}

// BenchmarkMatch looks 500 components up, with the opening of the data set.
func BenchmarkMatch(b *testing.B) {
	s := benchSet(b)
	components := []inventory.Component{program("busybox", "1.19.4"), program("openssl", "1.0.1f"), program("linux", "2.6.36")}
	for i := range 497 {
		name := fmt.Sprintf("p%05d", i*40)
		components = append(components, program(name, "4.1"))
	}
	b.ResetTimer()
	for b.Loop() {
		if f, ok := s.records.(*folder); ok {
			f.open = map[string]*shelf{} // as in a new process
		}
		r, err := Match(s, components)
		if err != nil || r.Looked != len(components) {
			b.Fatal(r.Looked, err)
		}
	}
}
