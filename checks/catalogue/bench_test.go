package catalogue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/assay-iot/assay/checks"
	"github.com/assay-iot/assay/checks/catalogue"
	"github.com/assay-iot/assay/checks/facts"
	"github.com/assay-iot/assay/firmware"
	"github.com/assay-iot/assay/firmware/firmwaretest"
)

// flat is a program for a microcontroller: code, and texts of which so many of a
// thousand pieces are.
func flat(size, texts int) []byte {
	words := []string{
		"wifi", "password", "passwd=", "admin", "error", "http://example.org/fw.bin", "mqtt", "update", "ssid", "psk=", "sensor", "temp %d", "root:",
		"-----BEGIN ", "key", "Content-Type: text/html", "GET / HTTP/1.1", "token", "secret", "0\x82\x01\x00\x02\x01\x00",
	}
	r := rand.New(rand.NewPCG(1, 2))
	code := firmwaretest.Kernel("", 1<<16)
	b := []byte("\x00\x00\x02\x20\x41\x01\x00\x08")
	for len(b) < size {
		if r.IntN(1000) >= texts {
			at := r.IntN(len(code) - 128)
			b = append(b, code[at:at+128]...)
			continue
		}
		for range 1 + r.IntN(8) {
			b = append(append(b, words[r.IntN(len(words))]...), ' ')
		}
		b = append(b, 0)
	}
	return b[:size]
}

// BenchmarkFlatImage opens a flat image of 8 MiB and asks every check.
func BenchmarkFlatImage(b *testing.B) {
	var list []*checks.Check
	var needs []facts.Node
	for _, c := range catalogue.Checks() {
		if c.NeedsImage() {
			list, needs = append(list, c), append(needs, c.Needs...)
		}
	}
	for _, texts := range []int{20, 200, 1000} {
		b.Run(fmt.Sprintf("texts=%d", texts), func(b *testing.B) {
			image := flat(8<<20, texts)
			b.SetBytes(int64(len(image)))
			for b.Loop() {
				o, err := facts.Observe(context.Background(), firmware.Bytes("image.bin", image), firmware.Options{}, needs...)
				if err != nil {
					b.Fatal(err)
				}
				checks.Assess(context.Background(), checks.Subject{Images: []checks.Part{{Observation: o}}, AsOf: time.Now()}, list)
			}
		})
	}
}
