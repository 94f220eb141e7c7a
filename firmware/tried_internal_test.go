package firmware

import (
	"context"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/format"
)

// hollow and solid are containers of a test: a magic and a length. Opened counts.
func hollowAndSolid(opened map[string]int) []*format.Format {
	kind := func(name string, hollow bool) *format.Format {
		return &format.Format{
			Name: name, Anywhere: true, Magics: []format.Magic{{Bytes: name}},
			Probe: func(format.Input) format.Likeness { return format.Likely },
			Open: func(_ context.Context, in format.Input, _ *format.Budget) (*format.Opened, error) {
				opened[name]++
				h := in.Head(len(name) + 4)
				n := int64(binary.LittleEndian.Uint32(h[len(name):]))
				if n > in.Size {
					return nil, errors.New("cut off")
				}
				head := int64(len(h))
				return &format.Opened{Length: n, Hollow: hollow, Parts: []format.Part{{Offset: head, Length: n - head}}}, nil
			},
		}
	}
	return []*format.Format{kind("hollow", true), kind("solid", false)}
}

func box(name string, claims int, content string) string {
	return name + string(binary.LittleEndian.AppendUint32(nil, uint32(claims))) + content
}

// openWith opens an image with other formats than the usual ones.
func openWith(t *testing.T, data string, kinds []*format.Format) *Image {
	t.Helper()
	return openWithin(t, format.NewBudget(1000, 1<<30, 1<<20, 100), data, kinds)
}

func openWithin(t *testing.T, b *format.Budget, data string, kinds []*format.Format) *Image {
	t.Helper()
	o := &opener{
		ctx: t.Context(), opts: Options{Limits: DefaultLimits, Workers: 1}, matcher: newMatcher(kinds),
		budget: b, img: &Image{Name: "img", Size: int64(len(data))},
	}
	if err := o.openImage(Bytes("img", []byte(data))); err != nil {
		t.Fatal(err)
	}
	return o.img
}

// TestHollow opens headers that claim all the rest, one behind the other: each is
// tried once, not twice as often as the one before it.
func TestHollow(t *testing.T) {
	data, n := strings.Repeat("text ", 100), 0
	for ; n < 14; n++ {
		data = box("hollow", len(data)+10, data)
	}
	opened := map[string]int{}
	if img := openWith(t, data, hollowAndSolid(opened)); len(img.Containers) != 1 || img.Containers[0].Type != "raw" {
		t.Errorf("containers: %v", img.Containers)
	}
	if opened["hollow"] != n {
		t.Errorf("%d headers are opened %d times", n, opened["hollow"])
	}
}

// TestHollowAgain finds what could not be opened inside a hollow header: because
// it was cut off there, or because it was too deep.
func TestHollowAgain(t *testing.T) {
	solid := box("solid", 9+500, strings.Repeat("text ", 100))
	deep := solid
	for range 2 * DefaultLimits.Depth {
		deep = box("hollow", len(deep)+10, deep)
	}
	for name, data := range map[string]string{
		"cut off":  box("hollow", 100, "text"+solid),
		"too deep": deep,
	} {
		opened := map[string]int{}
		img := openWith(t, data, hollowAndSolid(opened))
		if n := len(img.Containers); n == 0 || img.Containers[n-1].Type != "solid" {
			t.Errorf("%s: containers %v", name, img.Containers)
		}
		if opened["hollow"] > 200 {
			t.Errorf("%s: %d headers opened", name, opened["hollow"])
		}
	}
}
