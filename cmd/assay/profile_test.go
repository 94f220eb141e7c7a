package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/examples/device"
	"github.com/assay-iot/assay/firmware"
)

// BenchmarkFact measures each fact on the image of a bundled example: ns/op is
// opening the image with what the fact needs, fact-ns/op the fact itself.
func BenchmarkFact(b *testing.B) {
	d := device.Devices()[1]
	files, err := device.Files(b.Context(), "../../examples", d)
	if err != nil {
		b.Fatal(err)
	}
	image, err := device.Image(d, files)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range facts.Closure(needs(catalogue.Checks())...) {
		if !facts.NeedsImage(n) {
			continue
		}
		b.Run(n.ID(), func(b *testing.B) {
			own := time.Duration(0)
			for b.Loop() {
				o, err := facts.Observe(facts.WithTimes(b.Context()), firmware.Bytes("image", image), firmware.Options{}, n)
				if err != nil {
					b.Fatal(err)
				}
				if s := o.Store(n)[n.ID()]; s.Unknown != "" {
					b.Fatal(s.Unknown)
				}
				for _, t := range facts.Times(o) {
					if t.Name == n.ID() {
						own += t.Time
					}
				}
			}
			b.SetBytes(int64(len(image)))
			b.ReportMetric(float64(own.Nanoseconds())/float64(b.N), "fact-ns/op")
		})
	}
}

// The profile names every fact that an image was asked for, every check, and the
// password guesses apart.
func TestProfile(t *testing.T) {
	image := filepath.Join(t.TempDir(), "etc", "passwd")
	if err := os.MkdirAll(filepath.Dir(image), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(image, []byte("root::0:0:root:/:/bin/sh\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, out, errs := call("inspect", filepath.Dir(filepath.Dir(image)), "--profile", "--format", "json")
	if code != exitYes {
		t.Fatalf("exit code %d\n%s", code, errs)
	}
	for _, want := range []string{"of which password guesses ", "  accounts\n", "  text-files\n", "  credentials/empty-password\n"} {
		if !strings.Contains(errs, want) {
			t.Errorf("the profile does not say %q", want)
		}
	}
	if strings.Contains(errs, "  guesses\n") {
		t.Error("the guesses stand among the other facts")
	}
	for _, want := range []string{`"guesses_ms": `, `"name": "accounts"`} {
		if !strings.Contains(out, want) {
			t.Errorf("the run does not hold %s", want)
		}
	}
}
