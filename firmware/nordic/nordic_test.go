package nordic_test

import (
	"archive/zip"
	"bytes"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay/firmware/firmwaretest"
	"github.com/assay-iot/assay/firmware/firmwaretest/reference"
	"github.com/assay-iot/assay/firmware/format"
	"github.com/assay-iot/assay/firmware/format/formattest"
	"github.com/assay-iot/assay/firmware/nordic"
)

// number and data write a field of a message.
func number(field int, v uint64) []byte {
	return binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3), v)
}

func data(field int, parts ...[]byte) []byte {
	b := slices.Concat(parts...)
	return append(binary.AppendUvarint(binary.AppendUvarint(nil, uint64(field)<<3|2), uint64(len(b))), b...)
}

var key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)

func reversed(b []byte) []byte {
	b = bytes.Clone(b)
	slices.Reverse(b)
	return b
}

// command is an init command about a program.
func command(program []byte) []byte {
	sum := sha256.Sum256(program)
	return slices.Concat(
		number(1, 7), number(2, 52), data(3, binary.AppendUvarint(nil, 0xcb), binary.AppendUvarint(nil, 0x101)), number(4, 0),
		number(5, 0), number(6, 0), number(7, uint64(len(program))),
		data(8, number(1, 3), data(2, reversed(sum[:]))), number(9, 1),
	)
}

// sign signs as nrfutil does: r and s, each with its last byte first.
func sign(b []byte) []byte {
	sum := sha256.Sum256(b)
	r, s, err := ecdsa.Sign(rand.Reader, key, sum[:])
	if err != nil {
		panic(err)
	}
	return append(reversed(r.FillBytes(make([]byte, 32))), reversed(s.FillBytes(make([]byte, 32)))...)
}

func signedPacket(init []byte, kind uint64, signature []byte) []byte {
	return data(2, data(1, number(1, 1), data(2, init)), number(2, kind), data(3, signature))
}

var program = firmwaretest.Kernel("", 6000)

const manifest = `{"manifest": {"application": {"bin_file": "app.bin", "dat_file": "app.dat"}}}`

// member is a file of an archive.
type member struct {
	name    string
	content []byte
}

func file(name string, content []byte) member { return member{name, content} }

// archive packs the larger files, and keeps the others as they are.
func archive(files ...member) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range files {
		h := zip.FileHeader{Name: f.name, Method: zip.Store}
		if len(f.content) > 1000 {
			h.Method = zip.Deflate
		}
		w, err := z.CreateHeader(&h)
		if err == nil {
			_, err = w.Write(f.content)
		}
		if err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func pack(dat []byte, more ...member) []byte {
	return archive(append([]member{file("manifest.json", []byte(manifest)), file("app.bin", program), file("app.dat", dat)}, more...)...)
}

func open(t testing.TB, b []byte) *format.Opened {
	t.Helper()
	in := format.InMemory(b)
	if nordic.Format.Probe(in) == format.No {
		t.Fatal("not recognised")
	}
	o, err := nordic.Format.Open(t.Context(), in, format.NewBudget(1000, 64<<20, 16<<20, 256))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestSigned(t *testing.T) {
	init := command(program)
	dat := signedPacket(init, 0, sign(init))
	o := open(t, pack(dat))
	if o.Damage != nil || len(o.Hashes) != 1 || !o.Hashes[0].OK || len(o.Signatures) != 1 {
		t.Fatalf("%+v", o)
	}
	s := o.Signatures[0]
	if s.Problem != "" || s.Algorithm != format.ECDSASHA256 || !ecdsa.VerifyASN1(&key.PublicKey, s.Digest, s.Value) || !bytes.Equal(s.Message, init) {
		t.Errorf("%+v", s)
	}
	at := int64(bytes.Index(dat, init))
	if want := []format.Span{{Path: "app.dat", Offset: at, Length: int64(len(init))}}; !slices.Equal(s.Covers, want) {
		t.Errorf("covers %v, want %v", s.Covers, want)
	}
	if want := []format.Span{{Path: "app.bin", Length: int64(len(program))}}; !slices.Equal(s.Through, want) {
		t.Errorf("covers %v through the hash, want %v", s.Through, want)
	}
	left := int64(0)
	for _, l := range s.Leaves {
		if l.Path == "app.bin" {
			t.Error("the program is bound by its hash")
		}
		if l.Path == "app.dat" {
			left += l.Length
		}
	}
	if left+int64(len(init))+64 != int64(len(dat)) || !slices.ContainsFunc(s.Leaves, func(l format.Span) bool { return l.Path == "manifest.json" }) {
		t.Errorf("leaves %v", s.Leaves)
	}
	for k, want := range map[string]string{
		"application-fw-version": "7", "application-hw-version": "52", "application-sd-req": "0xcb 0x101",
		"application-type": "application", "application-debug": "true", "images": "application",
	} {
		if o.Attributes[k] != want {
			t.Errorf("%s %q, want %q", k, o.Attributes[k], want)
		}
	}
	for i := range init {
		bad := bytes.Clone(dat)
		bad[int(at)+i] ^= 1
		for _, s := range open(t, pack(bad)).Signatures {
			if s.Problem == "" && ecdsa.VerifyASN1(&key.PublicKey, s.Digest, s.Value) {
				t.Fatalf("byte %d of the command changed, and the signature is right", i)
			}
		}
	}
}

// TestPlace finds the signature in the package where the packet is not packed.
func TestPlace(t *testing.T) {
	init := command(program)
	sig := sign(init)
	packed := pack(signedPacket(init, 0, sig))
	s := open(t, packed).Signatures[0]
	if raw := packed[s.Offset : s.Offset+s.Length]; !bytes.Equal(raw, sig) {
		t.Errorf("at 0x%x: %x", s.Offset, raw)
	}
}

func TestUnsigned(t *testing.T) {
	o := open(t, pack(data(1, number(1, 1), data(2, command(program)))))
	if len(o.Signatures) != 0 || len(o.Hashes) != 1 || !o.Hashes[0].OK || o.Damage != nil {
		t.Errorf("%+v", o)
	}
}

func TestEd25519(t *testing.T) {
	public, private, _ := ed25519.GenerateKey(rand.Reader)
	init := command(program)
	s := open(t, pack(signedPacket(init, 1, ed25519.Sign(private, init)))).Signatures[0]
	if s.Problem != "" || s.Algorithm != format.Ed25519 || !ed25519.Verify(public, s.Message, s.Value) {
		t.Errorf("%+v", s)
	}
}

// crc is CRC-16/CCITT-FALSE bit by bit, from its definition.
func crc(b []byte) uint16 {
	n := new(big.Int).SetBytes(append(b, 0, 0))
	n.Xor(n, new(big.Int).Lsh(big.NewInt(0xffff), uint(len(b)*8)))
	for i := n.BitLen() - 1; i >= 16; i-- {
		if n.Bit(i) == 1 {
			n.Xor(n, new(big.Int).Lsh(big.NewInt(0x11021), uint(i-16)))
		}
	}
	return uint16(n.Uint64())
}

func legacy(b []byte, ext bool) []byte {
	le := binary.LittleEndian
	p := []byte{0x52, 0, 1, 0, 9, 0, 0, 0, 1, 0, 0xfe, 0xff}
	if ext {
		p = append(p, 0, 0, 0, 0)
	}
	return le.AppendUint16(p, crc(b))
}

func TestLegacy(t *testing.T) {
	if got := crc([]byte("123456789")); got != 0x29b1 {
		t.Fatalf("the definition is wrong: %04x", got)
	}
	for _, ext := range []bool{false, true} {
		o := open(t, pack(legacy(program, ext)))
		if len(o.Signatures) != 0 || len(o.Hashes) != 1 || !o.Hashes[0].OK || o.Hashes[0].Algorithm != "crc16" || o.Attributes["application-packet"] != "legacy" || o.Attributes["application-fw-version"] != "9" {
			t.Errorf("%+v", o)
		}
		if o := open(t, pack(legacy(program[1:], ext))); o.Hashes[0].OK {
			t.Error("the CRC of another program")
		}
	}
}

// TestBad has packages that lie.
func TestBad(t *testing.T) {
	init := command(program)
	good := signedPacket(init, 0, sign(init))
	other := command(program[:5999])
	changed := bytes.Clone(program)
	changed[5000] ^= 1
	sum512 := sha512.Sum512(program)
	dat := func(init []byte) []byte { return signedPacket(init, 0, sign(init)) }
	for name, c := range map[string]struct {
		pack            []byte
		problem, damage string
	}{
		"two manifests":          {pack(good, file("manifest.json", []byte(manifest))), "2 manifests in one package", "2 manifests"},
		"a manifest in a folder": {pack(good, file("x/Manifest.json", []byte(manifest))), "2 manifests in one package", "2 manifests"},
		"program twice":          {pack(good, file("./app.bin", program)), `"app.bin" is there twice`, "twice"},
		"key twice": {archive(file("manifest.json", []byte(strings.Replace(manifest, `{"application"`, `{"application": {}, "application"`, 1))),
			file("app.bin", program), file("app.dat", good)), `"application" is there twice`, "twice"},
		"program missing":   {archive(file("manifest.json", []byte(manifest)), file("app.dat", good)), "", `"app.bin" is not in the package`},
		"packet missing":    {archive(file("manifest.json", []byte(manifest)), file("app.bin", program)), `"app.dat" is not`, `"app.dat" is not`},
		"another size":      {pack(dat(other)), "5999 bytes", "5999 bytes"},
		"another program":   {pack(dat(command(changed))), "not that of", ""},
		"two sizes":         {pack(dat(append(bytes.Clone(init), number(5, 1)...))), "field 5 is there twice", "twice"},
		"cut":               {pack(good[:len(good)-10]), "the message ends before", "ends before"},
		"no packet":         {pack([]byte("text")), "field of a kind", "field of a kind"},
		"signed and not":    {pack(append(bytes.Clone(good), data(1, number(1, 1), data(2, init))...)), "not a command, nor", "not a command"},
		"two signatures":    {pack(data(2, data(1, number(1, 1), data(2, init)), number(2, 0), data(3, sign(init)), data(3, make([]byte, 64)))), "field 3 is there twice", "twice"},
		"two commands":      {pack(data(2, data(1, data(2, init)), data(1, data(2, other)), number(2, 0), data(3, sign(init)))), "field 1 is there twice", "twice"},
		"two versions":      {pack(dat(append(number(1, 9), init...))), "field 1 is there twice", "twice"},
		"short signature":   {pack(signedPacket(init, 0, make([]byte, 63))), "signature of 63 bytes", ""},
		"unknown signature": {pack(signedPacket(init, 9, make([]byte, 64))), "unknown kind", ""},
		"no hash":           {pack(dat(slices.Concat(number(1, 7), number(7, 6000), data(8, number(1, 0), data(2, nil))))), "not that of", ""},
		"SHA-512":           {pack(dat(slices.Concat(number(7, 6000), data(8, number(1, 4), data(2, reversed(sum512[:])))))), "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t, c.pack)
			problem := ""
			for _, s := range o.Signatures {
				problem += s.Problem
			}
			if !strings.Contains(problem, c.problem) || c.problem == "" && problem != "" {
				t.Errorf("problem %q, want %q", problem, c.problem)
			}
			if damage := fmt.Sprint(o.Damage); !strings.Contains(damage, c.damage) || c.damage == "" && o.Damage != nil {
				t.Errorf("damage %s, want %q", damage, c.damage)
			}
		})
	}
}

// TestOthers are zip archives that are no packages.
func TestOthers(t *testing.T) {
	for name, other := range map[string][]byte{
		"no manifest":      archive(file("app.bin", program)),
		"another manifest": archive(file("manifest.json", []byte(`{"name": "web app"}`))),
		"no JSON":          archive(file("manifest.json", []byte("no"))),
		"empty":            archive(file("manifest.json", []byte(`{"manifest": {}}`))),
	} {
		img := reference.Open(t, other)
		if img.Containers[0].Type != "zip" {
			t.Errorf("%s: %s", name, img.Containers[0].Type)
		}
	}
}

// TestLeads finds the manifest behind other members, with bytes behind the archive.
func TestLeads(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, f := range []member{file("app.bin", program), file("app.dat", legacy(program, false)), file("manifest.json", []byte(manifest))} {
		size := uint64(len(f.content))
		w, _ := z.CreateRaw(&zip.FileHeader{Name: f.name, CRC32: crc32.ChecksumIEEE(f.content), CompressedSize64: size, UncompressedSize64: size})
		_, _ = w.Write(f.content)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	if o := open(t, append(b.Bytes(), make([]byte, 100<<10)...)); o.Length != int64(b.Len()) || !o.Hashes[0].OK {
		t.Errorf("%+v", o)
	}
}

func TestConnect(t *testing.T) {
	manifest := `{"format-version": 1, "files": [{"type": "application", "file": "app_update.bin", "version_MCUBOOT": "1.2.3+4"}]}`
	o := open(t, archive(file("app_update.bin", program), file("manifest.json", []byte(manifest))))
	if o.Attributes["images"] != "app_update.bin" || o.Attributes["app_update.bin-version"] != "1.2.3+4" || o.Damage != nil {
		t.Errorf("%+v", o)
	}
}

func TestInImage(t *testing.T) {
	init := command(program)
	img := reference.Open(t, pack(signedPacket(init, 0, sign(init))))
	if c := img.Containers[0]; c.Type != "nordic-dfu" || len(c.Signatures) != 1 || len(c.Hashes) != 1 {
		t.Errorf("%+v", c)
	}
	if f := reference.Find(t, img, "!nordic-dfu!app.bin"); f.Size != 6000 {
		t.Errorf("%+v", f)
	}
}

// seeds are the same each time.
func seeds() [][]byte {
	return [][]byte{pack(signedPacket(command(program), 0, make([]byte, 64))), pack(legacy(program, false))}
}

func TestMutated(t *testing.T) { formattest.Mutate(t, nordic.Format, seeds()...) }

func FuzzNordic(f *testing.F) { formattest.Fuzz(f, nordic.Format, seeds()...) }

// FuzzPacket fuzzes the packet alone, which a zip archive's checksum protects.
func FuzzPacket(f *testing.F) {
	f.Add(signedPacket(command(program), 0, make([]byte, 64)))
	f.Add(legacy(program, true))
	f.Fuzz(func(t *testing.T, dat []byte) {
		if len(dat) < 60_000 {
			formattest.Try(t, nordic.Format, pack(dat))
		}
	})
}

func BenchmarkOpen(b *testing.B) {
	big := firmwaretest.Kernel("", 1<<20)
	init := command(big)
	packed := archive(file("manifest.json", []byte(manifest)), file("app.bin", big), file("app.dat", signedPacket(init, 0, sign(init))))
	b.SetBytes(1 << 20)
	for b.Loop() {
		open(b, packed)
	}
}
