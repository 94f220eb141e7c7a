package catalogue_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
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

// imageChecks are the checks that need an image, and what they ask for.
func imageChecks() (list []*checks.Check, needs []facts.Node) {
	for _, c := range catalogue.Checks() {
		if c.NeedsImage() {
			list, needs = append(list, c), append(needs, c.Needs...)
		}
	}
	return list, needs
}

// assessAll opens an image and asks every check.
func assessAll(b *testing.B, image []byte) *facts.Observation {
	b.Helper()
	list, needs := imageChecks()
	o, err := facts.Observe(facts.WithTimes(context.Background()), firmware.Bytes("image.bin", image), firmware.Options{}, needs...)
	if err != nil {
		b.Fatal(err)
	}
	checks.Assess(context.Background(), checks.Subject{Images: []checks.Part{{Observation: o}}, AsOf: time.Now()}, list)
	return o
}

// BenchmarkFlatImage opens a flat image of 8 MiB and asks every check.
func BenchmarkFlatImage(b *testing.B) {
	for _, texts := range []int{20, 200, 1000} {
		b.Run(fmt.Sprintf("texts=%d", texts), func(b *testing.B) {
			image := flat(8<<20, texts)
			b.SetBytes(int64(len(image)))
			for b.Loop() {
				assessAll(b, image)
			}
		})
	}
}

// routerImage is a real one of 3 MiB with a squashfs, which the tests may find
// beside the project.
const routerImage = "../../../shared/corpus/openwrt-r44918-wrt350nv2-sysupgrade.img"

func readRouterImage(b *testing.B) []byte {
	b.Helper()
	image, err := os.ReadFile(routerImage)
	if err != nil {
		b.Skip("the corpus is not there: ", err)
	}
	return image
}

// BenchmarkRouterImage opens a router's image and asks every check.
func BenchmarkRouterImage(b *testing.B) {
	image := readRouterImage(b)
	b.SetBytes(int64(len(image)))
	for b.Loop() {
		assessAll(b, image)
	}
}

// BenchmarkFact gives, for each fact, what it costs while all checks are asked of
// a router's image: ms-of-fact is time spent in it alone, added over all cores.
func BenchmarkFact(b *testing.B) {
	image := readRouterImage(b)
	for _, name := range factNames() {
		b.Run(name, func(b *testing.B) {
			spent := time.Duration(0)
			for b.Loop() {
				for _, t := range facts.Times(assessAll(b, image)) {
					if t.Name == name {
						spent += t.Time
					}
				}
			}
			b.ReportMetric(float64(spent.Microseconds())/1000/float64(b.N), "ms-of-fact")
		})
	}
}

func factNames() []string {
	_, needs := imageChecks()
	var names []string
	for _, n := range facts.Closure(needs...) {
		names = append(names, n.ID())
	}
	slices.Sort(names)
	return names
}
