package advisories

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
)

// FuzzSources reads anything as each kind of source: there is an error, or records
// that can be written, read again and asked.
func FuzzSources(f *testing.F) {
	for _, seed := range []string{debianRecord, withdrawnRecord, nvdFeed, cveRecord, cveWords, kevList, epssScores, `{"vulnerabilities": [{"cve": {"id": "CVE-1-1", "configurations": [{"nodes": [{"cpeMatch": [{"vulnerable": true, "criteria": "cpe:2.3:a:\\::b:1:"}]}]}]}}]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for kind := range 5 {
			info := FileInfo{}
			b := &builder{
				asOf: "2026-11-23", sorter: &sorter{limit: runBytes}, source: &info, // too little to go through files
				exploited: map[string]string{}, gone: map[string]string{}, scored: map[uint64]float32{}, days: map[string]string{}, touched: map[string]bool{}, pages: map[int]int{},
			}
			w := &walker{ctx: context.Background(), left: 1 << 20}
			d := document{"CVE-1.json", &counting{strings.NewReader(text), w}}
			read := []func(document) error{b.readOSV, b.readNVD, b.readCVE, b.readKEV, b.readEPSS}[kind]
			if err := read(d); err != nil {
				if !strings.Contains(err.Error(), "CVE-1.json") {
					t.Errorf("the error does not name the file: %v", err)
				}
				continue
			}
			err := b.sorter.each((*line).complete, func(l *line) error {
				r, err := readRecord(l.text)
				if err != nil {
					return err
				}
				for i := range r.Affected {
					r.Affected[i].Affects("1.2.3-4", orderOf(l.ecosystem))
				}
				prefix, err := linePrefix(l.name)
				if err == nil && !strings.HasPrefix(string(l.text), string(prefix)) {
					t.Errorf("the line does not begin with its package %q: %.80s", l.name, l.text)
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		}
	})
}

// FuzzOpen reads anything as the files of a data set.
func FuzzOpen(f *testing.F) {
	f.Add(`{"format": "assay.data/v1", "as_of": "2026-11-23", "ecosystems": [{"name": "Debian", "folder": "Debian", "day": "2026-11-20"}]}`, `{"first": "a", "offset": 0, "length": 1, "size": 1}`)
	f.Fuzz(func(t *testing.T, manifest, index string) {
		if m, err := readManifest([]byte(manifest)); err == nil {
			for _, e := range m.Ecosystems {
				if strings.ContainsAny(e.Folder, "/\\") || e.Folder == ".." {
					t.Errorf("folder %q", e.Folder)
				}
			}
		}
		blocks, _ := readIndex([]byte(index))
		for _, b := range blocks {
			if _, err := b.unpack(strings.NewReader(index)); err == nil {
				t.Error("an index is no block")
			}
		}
		var s Set
		if json.Unmarshal([]byte(manifest), &s) == nil {
			_, _ = s.Find("CVE-")
		}
	})
}
