package photo_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/photo"
	"github.com/assay-iot/assay/labels/picture"
)

// label draws a label whose code holds a compact label with a place in a status
// list, and gives the code's text.
func label(t testing.TB, format picture.Format, dpi int) (text string, img image.Image) {
	t.Helper()
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: "https://labels.acme.example/status/2026", Index: 4711}
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), bytes.Repeat([]byte{7}, 32))
	if err != nil {
		t.Fatal(err)
	}
	l, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	message, err := l.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	if text, err = compact.Code(&s.Predicate, message); err != nil {
		t.Fatal(err)
	}
	var d *picture.Drawing
	if format == "" {
		d, err = picture.QR(s, message)
	} else {
		d, err = picture.Draw(s, message, picture.Variant{Format: format, Language: "en"})
	}
	if err != nil {
		t.Fatal(err)
	}
	data, err := d.PNG(dpi)
	if err != nil {
		t.Fatal(err)
	}
	if img, err = png.Decode(bytes.NewReader(data)); err != nil {
		t.Fatal(err)
	}
	return text, img
}

// scene is how a picture is taken.
type scene struct {
	side            int     // of the photo, in points; the sheet fills about seven tenths of it
	turn            float64 // degrees
	tilt            float64 // how much shorter the far edge is, from 0 to 1
	noise           float64 // standard deviation of each point's brightness, of 255
	blur            int     // points around each that it is the mean of
	shadow          float64 // how much darker the far side is, from 0 to 1
	quality         int     // of the JPEG; 0 for a PNG
	mirror, inverse bool
}

// take photographs a sheet that lies on a grey table.
func (c scene) take(t testing.TB, sheet image.Image) []byte {
	t.Helper()
	b := sheet.Bounds()
	out := image.NewGray(image.Rect(0, 0, c.side, c.side))
	random := rand.New(rand.NewPCG(1, 2))
	scale := 0.7 * float64(c.side) / math.Max(float64(b.Dx()), float64(b.Dy()))
	sin, cos := math.Sincos(c.turn * math.Pi / 180)
	for y := range c.side {
		for x := range c.side {
			u, v := float64(x)-float64(c.side)/2, float64(y)-float64(c.side)/2
			far := 1 + c.tilt*v/float64(c.side)/0.7 // what is above is further away
			u, v = u/far, v/far
			u, v = (u*cos+v*sin)/scale, (v*cos-u*sin)/scale
			if c.mirror {
				u = -u
			}
			light := 120.0
			if px, py := u+float64(b.Dx())/2, v+float64(b.Dy())/2; px >= 0 && py >= 0 && px < float64(b.Dx()) && py < float64(b.Dy()) {
				light = float64(color.GrayModel.Convert(sheet.At(int(px), int(py))).(color.Gray).Y)
			}
			if c.inverse {
				light = 255 - light
			}
			light *= 1 - c.shadow*float64(x)/float64(c.side)
			out.Pix[y*out.Stride+x] = byte(math.Max(0, math.Min(255, light+c.noise*random.NormFloat64())))
		}
	}
	out = blurred(out, c.blur)
	var file bytes.Buffer
	var err error
	if c.quality > 0 {
		rgba := image.NewRGBA(out.Rect)
		draw.Draw(rgba, rgba.Rect, out, image.Point{}, draw.Src)
		err = jpeg.Encode(&file, rgba, &jpeg.Options{Quality: c.quality})
	} else {
		err = png.Encode(&file, out)
	}
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

func blurred(img *image.Gray, n int) *image.Gray {
	if n == 0 {
		return img
	}
	out := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			sum, count := 0, 0
			for dy := -n; dy <= n; dy++ {
				for dx := -n; dx <= n; dx++ {
					if p := image.Pt(x+dx, y+dy); p.In(img.Rect) {
						sum, count = sum+int(img.GrayAt(p.X, p.Y).Y), count+1
					}
				}
			}
			out.Pix[y*out.Stride+x] = byte(sum / count)
		}
	}
	return out
}

// TestPhotos takes photos in many ways. zbarimg says what can be expected: what it
// reads must be read here too, unless the table says why not.
func TestPhotos(t *testing.T) {
	text, code := label(t, "", 300)
	_, page := label(t, picture.A6, 300)
	zbar, _ := exec.LookPath("zbarimg")
	read, zread := 0, 0
	for _, c := range []struct {
		name  string
		sheet image.Image
		scene
		hard bool // need not be read
	}{
		{name: "straight", sheet: code, scene: scene{side: 800}},
		{name: "small", sheet: code, scene: scene{side: 300}},
		{name: "tiny", sheet: code, scene: scene{side: 200}, hard: true},
		{name: "large", sheet: code, scene: scene{side: 2200, quality: 80}},
		{name: "turned by 17", sheet: code, scene: scene{side: 800, turn: 17}},
		{name: "turned by 45", sheet: code, scene: scene{side: 800, turn: 45}},
		{name: "turned by 90", sheet: code, scene: scene{side: 800, turn: 90}},
		{name: "turned by 180", sheet: code, scene: scene{side: 800, turn: 180}},
		{name: "turned by 275", sheet: code, scene: scene{side: 800, turn: 275}},
		{name: "tilted", sheet: code, scene: scene{side: 1000, tilt: 0.1}},
		{name: "tilted, and turned", sheet: code, scene: scene{side: 1000, tilt: 0.12, turn: 33}},
		{name: "tilted more", sheet: code, scene: scene{side: 1000, tilt: 0.2}},
		{name: "tilted more, and turned", sheet: code, scene: scene{side: 1000, tilt: 0.35, turn: 20}},
		{name: "noise", sheet: code, scene: scene{side: 800, noise: 30}},
		{name: "much noise", sheet: code, scene: scene{side: 1600, noise: 70}},
		{name: "blur", sheet: code, scene: scene{side: 1000, blur: 4}},
		{name: "much blur", sheet: code, scene: scene{side: 1000, blur: 6}, hard: true},
		{name: "shadow", sheet: code, scene: scene{side: 800, shadow: 0.7}},
		{name: "JPEG of 60", sheet: code, scene: scene{side: 800, quality: 60}},
		{name: "JPEG of 10", sheet: code, scene: scene{side: 800, quality: 10}},
		{name: "JPEG of 3", sheet: code, scene: scene{side: 800, quality: 3}, hard: true},
		{name: "mirrored", sheet: code, scene: scene{side: 800, mirror: true}},
		{name: "white on black", sheet: code, scene: scene{side: 800, inverse: true}},
		{name: "all of it", sheet: code, scene: scene{side: 1600, turn: 12, tilt: 0.15, noise: 15, blur: 1, shadow: 0.4, quality: 50}},
		{name: "the sticker", sheet: page, scene: scene{side: 1600}},
		{name: "the sticker as a phone sees it", sheet: page, scene: scene{side: 2000, turn: 7, tilt: 0.12, noise: 10, blur: 1, shadow: 0.4, quality: 60}},
		{name: "the sticker from afar", sheet: page, scene: scene{side: 1000, quality: 80}, hard: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			file := c.take(t, c.sheet)
			texts, err := photo.Texts(file)
			ok := err == nil && len(texts) == 1 && texts[0] == text
			if ok {
				read++
			}
			if err == nil && !ok {
				t.Errorf("something else was read: %q", texts)
			}
			if zbar == "" {
				if !ok && !c.hard {
					t.Error(err)
				}
				return
			}
			reference := zbarimg(t, zbar, file) == text
			if reference {
				zread++
			}
			if !ok && (!c.hard || reference) {
				t.Errorf("%v (zbarimg reads it: %v)", err, reference)
			}
		})
	}
	t.Logf("read %d, zbarimg %d", read, zread)
}

func zbarimg(t *testing.T, program string, file []byte) string {
	name := filepath.Join(t.TempDir(), "photo")
	if err := os.WriteFile(name, file, 0o600); err != nil {
		t.Fatal(err)
	}
	out, _ := exec.Command(program, "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", name).Output()
	return strings.TrimSpace(string(out))
}

// A picture full of corners of codes keeps nobody busy.
func TestCorners(t *testing.T) {
	const side = 1200
	img := image.NewGray(image.Rect(0, 0, side, side))
	for y := range side {
		for x := range side {
			mx, my := x/4%9, y/4%9
			if mx > 6 || my > 6 || max(mx-3, 3-mx, my-3, 3-my) == 2 {
				img.Pix[y*side+x] = 255
			}
		}
	}
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if texts, err := photo.Texts(file.Bytes()); !errors.Is(err, photo.ErrNoCode) {
		t.Errorf("%q, %v", texts, err)
	}
	if took := time.Since(start); took > 3*time.Minute {
		t.Errorf("it took %v", took)
	}
}

// Two codes in one picture are both found.
func TestTwo(t *testing.T) {
	text, code := label(t, "", 200)
	other, err := picture.QR(labeltest.Statement(t), nil)
	if err != nil {
		t.Fatal(err)
	}
	data, err := other.PNG(200)
	if err != nil {
		t.Fatal(err)
	}
	second, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	w := code.Bounds().Dx()
	both := image.NewRGBA(image.Rect(0, 0, w+second.Bounds().Dx()+40, w+40))
	draw.Draw(both, both.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(both, code.Bounds(), code, image.Point{}, draw.Src)
	draw.Draw(both, second.Bounds().Add(image.Pt(w+40, 0)), second, image.Point{}, draw.Src)
	var file bytes.Buffer
	if err := png.Encode(&file, both); err != nil {
		t.Fatal(err)
	}
	texts, err := photo.Texts(file.Bytes())
	if err != nil || len(texts) != 2 || texts[0] != text && texts[1] != text {
		t.Errorf("%q, %v", texts, err)
	}
}

func TestRefuses(t *testing.T) {
	var blank, transparent bytes.Buffer
	if err := png.Encode(&blank, image.NewGray(image.Rect(0, 0, 300, 300))); err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(&transparent, image.NewNRGBA(image.Rect(0, 0, 3, 3))); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want error
		says string
	}{
		"nothing":        {nil, photo.ErrPicture, "unknown format"},
		"a text":         {[]byte("https://x.example/#A0Z"), photo.ErrPicture, "unknown format"},
		"cut off":        {blank.Bytes()[:60], photo.ErrPicture, "not enough pixel data"},
		"no code":        {blank.Bytes(), photo.ErrNoCode, "no QR code"},
		"transparent":    {transparent.Bytes(), photo.ErrNoCode, "no QR code"},
		"too wide":       {header(32000, 1000), photo.ErrPicture, "a side may have 16384"},
		"too large":      {header(16000, 16000), photo.ErrPicture, "more than 32 million"},
		"too many bytes": {append(blank.Bytes(), make([]byte, photo.MaxBytes)...), photo.ErrPicture, "bytes, more than"},
		"many scans":     {scans(t, 1000), photo.ErrPicture, "scans, more than 64"},
	} {
		if _, err := photo.Texts(c.data); !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want %v and %q", name, err, c.want, c.says)
		}
	}
	for _, data := range [][]byte{blank.Bytes(), scans(t, 0)} {
		if !photo.Is(data) {
			t.Error("a picture is not known as one")
		}
	}
	if photo.Is([]byte("%PDF-1.7")) || photo.Is(nil) {
		t.Error("something else is taken for a picture")
	}
}

// header is a PNG that says how large it is, and holds nothing.
func header(width, height uint32) []byte {
	chunk := binary.BigEndian.AppendUint32([]byte("IHDR"), width)
	chunk = append(binary.BigEndian.AppendUint32(chunk, height), 8, 0, 0, 0, 0)
	out := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), chunk...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
}

// scans is a JPEG with n more beginnings of scans behind it.
func scans(t *testing.T, n int) []byte {
	var file bytes.Buffer
	if err := jpeg.Encode(&file, image.NewGray(image.Rect(0, 0, 64, 64)), nil); err != nil {
		t.Fatal(err)
	}
	return append(file.Bytes(), bytes.Repeat([]byte{0xFF, 0xDA, 0, 8}, n)...)
}

func FuzzTexts(f *testing.F) {
	_, code := label(f, "", 100)
	f.Add(scene{side: 200}.take(f, code))
	f.Add(scene{side: 200, quality: 50}.take(f, code))
	f.Add(header(100, 100))
	f.Fuzz(func(_ *testing.T, data []byte) {
		if len(data) > 64<<10 {
			return
		}
		if head, _, err := image.DecodeConfig(bytes.NewReader(data)); err != nil || head.Width*head.Height > 250_000 {
			return // larger ones are refused or slow, and show nothing new
		}
		_, _ = photo.Texts(data)
	})
}

func BenchmarkTexts(b *testing.B) {
	_, page := label(b, picture.A6, 300)
	file := scene{side: 2600, turn: 7, tilt: 0.12, noise: 10, quality: 60}.take(b, page)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := photo.Texts(file); err != nil {
			b.Fatal(err)
		}
	}
}
