package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/demo"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/sign"
	"github.com/assay-iot/assay/labels/verify"
)

func keys(t testing.TB, publics ...crypto.PublicKey) []verify.Key {
	t.Helper()
	var list []verify.Key
	for _, p := range publics {
		k, err := verify.NewKey(p)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, k)
	}
	return list
}

func newECDSA(t testing.TB, curve elliptic.Curve) crypto.Signer {
	t.Helper()
	k, err := ecdsa.GenerateKey(curve, rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func today() verify.Options { return verify.Options{AsOf: "2026-11-01"} }

func mustBundle(t testing.TB, data []byte, ks []verify.Key, o verify.Options) *verify.Report {
	t.Helper()
	r, err := verify.Bundle(data, ks, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestValid(t *testing.T) {
	for name, key := range map[string]crypto.Signer{
		"P-256": newECDSA(t, elliptic.P256()), "P-384": newECDSA(t, elliptic.P384()), "Ed25519": labeltest.Key(),
	} {
		s := labeltest.Statement(t)
		r := mustBundle(t, labeltest.Bundle(t, key, s), keys(t, key.Public()), today())
		digest, _ := s.Digest()
		if r.Status != verify.Valid || r.Digest != digest || r.Label == nil {
			t.Errorf("%s: %s: %s", name, r.Status, r.Summary)
		}
		if want := "This label is genuine: Acme Devices GmbH Aurora Cam 2."; r.Summary != want {
			t.Errorf("%s: %q, want %q", name, r.Summary, want)
		}
	}
}

func TestWrongKey(t *testing.T) {
	data := labeltest.Bundle(t, labeltest.Key(), labeltest.Statement(t))
	other := newECDSA(t, elliptic.P256()).Public()
	for n, ks := range [][]verify.Key{nil, keys(t, other), keys(t, other, newECDSA(t, elliptic.P384()).Public())} {
		r := mustBundle(t, data, ks, today())
		if r.Status != verify.NotAuthentic || r.Label != nil || r.Status.ExitCode() != 3 {
			t.Errorf("%d keys: %s: %s", n, r.Status, r.Summary)
		}
	}
	// the hint of a trusted key over the signature of another
	b, err := labels.ParseBundle(data)
	if err != nil {
		t.Fatal(err)
	}
	b.Material.PublicKey.Hint, _ = labels.KeyID(other)
	forged, _ := b.Bytes()
	if r := mustBundle(t, forged, keys(t, other), today()); r.Status != verify.NotAuthentic {
		t.Errorf("a forged hint: %s", r.Summary)
	}
}

func TestDates(t *testing.T) {
	key := labeltest.Key()
	data := labeltest.Bundle(t, key, labeltest.Statement(t)) // 2026-10-01 to 2027-10-01, support to 2031-06-30
	for asOf, want := range map[string]verify.Status{
		"2026-09-30": verify.NotYetValid, "2026-10-01": verify.Valid, "2027-10-01": verify.Valid,
		"2027-10-02": verify.Expired, "2031-06-30": verify.Expired, "2031-07-01": verify.SupportEnded,
	} {
		r := mustBundle(t, data, keys(t, key.Public()), verify.Options{AsOf: asOf})
		if r.Status != want || (want != verify.Valid) != (r.Status.ExitCode() == 5) {
			t.Errorf("%s: %s, want %s", asOf, r.Status, want)
		}
		if !strings.HasPrefix(r.Summary, "This label is genuine") {
			t.Errorf("%s: %s", asOf, r.Summary)
		}
	}
	for _, bad := range []string{"", "today", "2026-1-1", "2026-02-30"} {
		if _, err := verify.Bundle(data, keys(t, key.Public()), verify.Options{AsOf: bad}); err == nil {
			t.Errorf("as-of %q is accepted", bad)
		}
	}
}

func TestFirmware(t *testing.T) {
	key := labeltest.Key()
	data := labeltest.Bundle(t, key, labeltest.Statement(t))
	o := today()
	o.Image = &verify.Image{Name: "aurora.bin", Digest: labeltest.Digest("aurora")}
	if r := mustBundle(t, data, keys(t, key.Public()), o); r.Status != verify.Valid || r.Labelled != "main 2.4.1" {
		t.Errorf("the labelled image: %s, %q", r.Status, r.Labelled)
	}
	o.Image = &verify.Image{Name: "evil.bin", Digest: labeltest.Digest("evil")}
	r := mustBundle(t, data, keys(t, key.Public()), o)
	if r.Status != verify.FirmwareDiffers || r.Status.ExitCode() != 3 || r.Labelled != "" || !strings.Contains(r.Summary, "evil.bin is not the firmware") {
		t.Errorf("another image: %s: %s", r.Status, r.Summary)
	}
	o.AsOf = "2030-01-01"
	if r := mustBundle(t, data, keys(t, key.Public()), o); r.Status != verify.FirmwareDiffers || !slices.ContainsFunc(r.Reasons, func(s string) bool { return strings.Contains(s, "expired") }) {
		t.Errorf("another image, and expired: %s %v", r.Status, r.Reasons)
	}
}

// What another image is follows from what it says of itself, and is never a yes.
func TestOtherFirmware(t *testing.T) {
	key := labeltest.Key()
	plain := labeltest.Bundle(t, key, labeltest.Statement(t)) // main 2.4.1, supported from 2.2.0
	two := labeltest.Statement(t)
	two.Subject = append(two.Subject, labels.Subject{Name: "radio", Digest: labels.SubjectDigest{SHA256: strings.Repeat("1", 64)}})
	two.Predicate.Firmware = append(two.Predicate.Firmware, labels.Firmware{Name: "radio", Version: "3.0", Digest: "sha256:" + assay.Digest(strings.Repeat("1", 64))})
	radio := labeltest.Bundle(t, key, two)
	ours := []string{"Aurora_Cam-2"}
	for name, c := range map[string]struct {
		label  []byte
		stated verify.Stated
		day    string
		want   verify.Status
		says   string
	}{
		"newer":                  {plain, verify.Stated{Products: ours, Versions: []string{"v2.10"}}, "", verify.FirmwareNewer, "calls itself version v2.10, newer than the labelled 2.4.1, and is not yet assessed"},
		"older, supported":       {plain, verify.Stated{Products: ours, Versions: []string{"2.2.0"}}, "", verify.FirmwareOlder, "older than the labelled 2.4.1"},
		"older than supported":   {plain, verify.Stated{Products: ours, Versions: []string{"2.1.99"}}, "", verify.FirmwareUnsupported, "older than 2.2.0, the lowest that is still supported: update it"},
		"same version, changed":  {plain, verify.Stated{Products: ours, Versions: []string{"2.4.1.0"}}, "", verify.FirmwareDiffers, "is not the firmware that it speaks of: it calls itself version 2.4.1.0"},
		"another product":        {plain, verify.Stated{Products: []string{"toaster"}, Versions: []string{"2.5"}}, "", verify.FirmwareDiffers, `it says that it is for "toaster"`},
		"a longer name":          {plain, verify.Stated{Products: []string{"aurora-cam-2-pro"}, Versions: []string{"9.0"}}, "", verify.FirmwareUnknown, `it is for "aurora-cam-2-pro", which may be another product`},
		"a longer word":          {plain, verify.Stated{Products: []string{"aurora-cam-21"}, Versions: []string{"9.0"}}, "", verify.FirmwareUnknown, `"aurora-cam-21", which may be another product`},
		"all one word":           {plain, verify.Stated{Products: []string{"AcmeAuroraCam2"}, Versions: []string{"2.5"}}, "", verify.FirmwareNewer, "2.5"},
		"a shorter name":         {plain, verify.Stated{Products: []string{"aurora"}, Versions: []string{"2.5"}}, "", verify.FirmwareUnknown, "which may be another product"},
		"a shorter word":         {plain, verify.Stated{Products: []string{"aur"}, Versions: []string{"2.5"}}, "", verify.FirmwareDiffers, `for "aur"`},
		"the maker's in front":   {plain, verify.Stated{Products: []string{"ACME AuroraCam2"}, Versions: []string{"2.5"}}, "", verify.FirmwareNewer, "2.5"},
		"another's in front":     {plain, verify.Stated{Products: []string{"Bcme Aurora Cam 2"}, Versions: []string{"2.5"}}, "", verify.FirmwareUnknown, "which may be another product"},
		"a short name":           {plain, verify.Stated{Products: []string{"a"}, Versions: []string{"2.5"}}, "", verify.FirmwareDiffers, `for "a"`},
		"one of several":         {plain, verify.Stated{Products: []string{"toaster", "AC2-W"}, Versions: []string{"2.5"}}, "", verify.FirmwareNewer, "2.5"},
		"the maker's":            {plain, verify.Stated{Products: []string{"acme"}, Versions: []string{"2.5"}}, "", verify.FirmwareNewer, "2.5"},
		"no product":             {plain, verify.Stated{Versions: []string{"2.5"}}, "", verify.FirmwareUnknown, "does not say which product it is for"},
		"nothing":                {plain, verify.Stated{}, "", verify.FirmwareUnknown, "whether it is newer or older cannot be told"},
		"no version":             {plain, verify.Stated{Products: ours}, "", verify.FirmwareUnknown, "does not say which version it is"},
		"two versions":           {plain, verify.Stated{Products: ours, Versions: []string{"2.5", "2.6"}}, "", verify.FirmwareUnknown, `calls itself "2.5" and "2.6"`},
		"no order":               {plain, verify.Stated{Products: ours, Versions: []string{"2.5-rc1"}}, "", verify.FirmwareUnknown, "2.5-rc1"},
		"no number":              {plain, verify.Stated{Products: ours, Versions: []string{"2..5"}}, "", verify.FirmwareUnknown, "2..5"},
		"many numbers":           {plain, verify.Stated{Products: ours, Versions: []string{strings.Repeat("1.", 20) + "1"}}, "", verify.FirmwareUnknown, "calls itself"},
		"long number":            {plain, verify.Stated{Products: ours, Versions: []string{"2." + strings.Repeat("9", 90)}}, "", verify.FirmwareNewer, "newer"},
		"newer than both":        {radio, verify.Stated{Products: ours, Versions: []string{"4"}}, "", verify.FirmwareNewer, "newer"},
		"newer than one of two":  {radio, verify.Stated{Products: ours, Versions: []string{"2.5"}}, "", verify.FirmwareUnknown, "cannot be told"},
		"newer, label expired":   {plain, verify.Stated{Products: ours, Versions: []string{"2.5"}}, "2028-01-01", verify.Expired, "it expired on"},
		"too old, label expired": {plain, verify.Stated{Products: ours, Versions: []string{"1"}}, "2028-01-01", verify.FirmwareUnsupported, "update it"},
	} {
		o := today()
		o.Image = &verify.Image{Name: "x.bin", Digest: labeltest.Digest("x"), Read: func() verify.Stated { return c.stated }}
		if c.day != "" {
			o.AsOf = c.day
		}
		r := mustBundle(t, c.label, keys(t, key.Public()), o)
		if r.Status != c.want || !strings.Contains(r.Summary, c.says) || r.Labelled != "" || r.Status.ExitCode() == 0 {
			t.Errorf("%s: %s, want %s and %q: %s", name, r.Status, c.want, c.says, r.Summary)
		}
	}
}

func TestDemo(t *testing.T) {
	key, err := sign.LoadKey(demo.PrivateKey, []byte(demo.Passphrase))
	if err != nil {
		t.Fatal(err)
	}
	s := labeltest.Statement(t)
	s.Predicate.Demo = true
	data := labeltest.Bundle(t, key, s)
	r := mustBundle(t, data, keys(t, key.Public()), today())
	if r.Status != verify.NotAuthentic || !strings.Contains(r.Summary, "signed with a published demo key: proves nothing") {
		t.Errorf("%s: %s", r.Status, r.Summary)
	}
	o := today()
	o.AllowDemo = true
	if r := mustBundle(t, data, keys(t, key.Public()), o); r.Status != verify.Valid || strings.Contains(r.Summary, "genuine") || !r.Demo {
		t.Errorf("allowed: %s: %s", r.Status, r.Summary)
	}
	for _, asOf := range []string{"2020-01-01", "2030-01-01", "2040-01-01"} {
		if r := mustBundle(t, data, keys(t, key.Public()), verify.Options{AsOf: asOf, AllowDemo: true}); strings.Contains(r.Summary, "genuine") || r.Status.ExitCode() != 5 {
			t.Errorf("%s: %s", asOf, r.Summary)
		}
	}
	// mark and key come together or not at all
	if r := mustBundle(t, signAnyway(t, key, labeltest.Statement(t)), keys(t, key.Public()), o); r.Status != verify.NotAuthentic {
		t.Errorf("demo key without the mark: %s", r.Summary)
	}
	if r := mustBundle(t, signAnyway(t, labeltest.Key(), s), keys(t, labeltest.Key().Public()), o); r.Status != verify.NotAuthentic {
		t.Errorf("the mark without the demo key: %s", r.Summary)
	}
}

// signAnyway signs what package sign would refuse.
func signAnyway(t *testing.T, key crypto.Signer, s *labels.Statement) []byte {
	t.Helper()
	payload, err := s.Payload()
	if err != nil {
		t.Fatal(err)
	}
	return signPayload(t, key, payload)
}

func signPayload(t *testing.T, key crypto.Signer, payload []byte) []byte {
	t.Helper()
	message := labels.PAE(labels.PayloadType, payload)
	hash, err := labels.KeyHash(key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if hash != 0 {
		h := hash.New()
		h.Write(message)
		message = h.Sum(nil)
	}
	sig, err := key.Sign(nil, message, hash)
	if err != nil {
		t.Fatal(err)
	}
	id, _ := labels.KeyID(key.Public())
	data, err := labels.NewBundle(id, payload, sig).Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What a trusted key has signed is not a label just because of that.
func TestSignedButNoLabel(t *testing.T) {
	key := labeltest.Key()
	good, _ := labeltest.Statement(t).Payload()
	for _, payload := range []string{
		"", "{}", "[]", `"x"`,
		`{"_type":"https://in-toto.io/Statement/v1","predicate":{},"predicateType":"https://slsa.dev/provenance/v1","subject":[]}`,
		strings.Replace(string(good), `"validUntil":"2027`, `"validUntil":"2047`, 1),
		string(good) + " ",
	} {
		r, err := verify.Bundle(signPayload(t, key, []byte(payload)), keys(t, key.Public()), today())
		if !errors.Is(err, labels.ErrNotLabel) || (r != nil && r.Status == verify.Valid) {
			t.Errorf("%.60s: %v", payload, err)
		}
	}
}

// Any one byte changed, anywhere in the bundle, never verifies; nor does a
// bundle that was cut off.
func TestEveryByteOfTheBundle(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	data, ks := labeltest.Bundle(t, key, labeltest.Statement(t)), keys(t, key.Public())
	if r := mustBundle(t, data, ks, today()); r.Status != verify.Valid {
		t.Fatal(r.Summary)
	}
	for i := range data {
		for _, mask := range []byte{0x01, 0x20} { // the second makes a capital of a small letter
			data[i] ^= mask
			r, err := verify.Bundle(data, ks, today())
			data[i] ^= mask
			if err == nil && r.Status != verify.NotAuthentic {
				t.Fatalf("byte %d with %#x flipped: %s", i, mask, r.Summary)
			}
		}
		if r, err := verify.Bundle(data[:i], ks, today()); err == nil && r.Status != verify.NotAuthentic {
			t.Fatalf("cut to %d bytes: %s", i, r.Summary)
		}
	}
}

func TestParseKey(t *testing.T) {
	if _, err := verify.ParseKey(demo.PublicKey); err != nil {
		t.Error(err)
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"private": demo.PrivateKey, "empty": nil, "no PEM": []byte("x"), "two": bytes.Repeat(demo.PublicKey, 2),
		"behind": append(bytes.Clone(demo.PublicKey), 'x'), "huge": make([]byte, 1<<20),
		"damaged": pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: []byte{1, 2, 3}}),
	}
	for name, pub := range map[string]crypto.PublicKey{
		"RSA": rsaKey.Public(), "P-224": newECDSA(t, elliptic.P224()).Public(), "P-521": newECDSA(t, elliptic.P521()).Public(),
	} {
		der, err := x509.MarshalPKIXPublicKey(pub)
		if err != nil {
			t.Fatal(err)
		}
		bad[name] = pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})
	}
	for name, file := range bad {
		if _, err := verify.ParseKey(file); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func TestText(t *testing.T) {
	key := labeltest.Key()
	r := mustBundle(t, labeltest.Bundle(t, key, labeltest.Statement(t)), keys(t, key.Public()), today())
	var b strings.Builder
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	first, rest, _ := strings.Cut(b.String(), "\n")
	if first != r.Summary {
		t.Errorf("the first line is %q", first)
	}
	for _, want := range []string{"Is this the product in your hand?", "AC2-W, AC2-B", "until 2031-06-30", "Acme Devices GmbH, the maker itself (self-declared)", "supported from 2.2.0", string(r.Digest)} {
		if !strings.Contains(rest, want) {
			t.Errorf("no %q in\n%s", want, rest)
		}
	}
	j, err := json.Marshal(r)
	if err != nil || !bytes.Contains(j, []byte(`"status":"valid"`)) {
		t.Errorf("%s %v", j, err)
	}
}

// A verifier links no renderer, no signer and none of Sigstore.
func TestStaysSmall(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "github.com/assay-iot/assay/labels/verify").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for dep := range strings.FieldsSeq(string(out)) {
		first, _, _ := strings.Cut(dep, "/")
		if strings.Contains(first, ".") && !strings.HasPrefix(dep, "golang.org/x/") {
			switch strings.TrimPrefix(dep, "github.com/assay-iot/assay") {
			case "", "/labels", "/labels/demo", "/labels/pades", "/labels/verify", "/labels/cose", "/labels/compact", "/labels/log", "/labels/status":
			case "github.com/fxamacker/cbor/v2", "github.com/x448/float16": // CBOR
			default:
				t.Errorf("links %s", dep)
			}
		}
	}
}

func FuzzBundle(f *testing.F) {
	key := labeltest.Key()
	good := labeltest.Bundle(f, key, labeltest.Statement(f))
	f.Add(good)
	f.Add([]byte("{}"))
	f.Add(good[:len(good)/2])
	f.Add(bytes.Replace(good, []byte(":"), []byte(": "), 1))
	ks := keys(f, key.Public())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := verify.Bundle(data, ks, today())
		if err == nil && r.Status == verify.Valid && !bytes.Equal(data, good) {
			t.Fatalf("verifies, but was never signed: %q", data)
		}
	})
}

func BenchmarkVerify(b *testing.B) {
	key := newECDSA(b, elliptic.P256())
	data, ks := labeltest.Bundle(b, key, labeltest.Statement(b)), keys(b, key.Public())
	for b.Loop() {
		if r, err := verify.Bundle(data, ks, today()); err != nil || r.Status != verify.Valid {
			b.Fatal(err)
		}
	}
}

func ExampleBundle() {
	key, _ := verify.ParseKey(demo.PublicKey)
	_, err := verify.Bundle([]byte(`{"hello":"world"}`), []verify.Key{key}, verify.Options{AsOf: "2026-11-01"})
	fmt.Println(errors.Is(err, labels.ErrNotLabel))
	// Output: true
}

// Of requirements by rules that are not known nobody says that they are forged, and
// nobody that they are the scheme's: be it an edition to come or an invented one, in every form of the label.
func TestRequirementsNotCompared(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	const next = "SI 2023/1007 as amended by SI 2025/211, SI 2025/1267 and SI 2027/12"
	for name, c := range map[string]struct {
		change func(*labels.Label)
		want   string
	}{
		"as they are":         {func(*labels.Label) {}, ""},
		"the next edition":    {func(l *labels.Label) { l.Schemes[1].Edition = next }, "does not know the edition " + next + " of UK PSTI"},
		"an invented edition": {func(l *labels.Label) { l.Schemes[0].Edition = "2.1" }, "does not know the edition 2.1 of IoT Security Policy Platform"},
	} {
		s := labeltest.Statement(t)
		c.change(&s.Predicate)
		l, err := compact.FromStatement(s, key.Public())
		if err != nil {
			t.Fatal(err)
		}
		message, err := l.Sign(key)
		if err != nil {
			t.Fatal(err)
		}
		code, err := verify.File(message, keys(t, key.Public()), today())
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for form, r := range map[string]*verify.Report{"bundle": mustBundle(t, labeltest.Bundle(t, key, s), keys(t, key.Public()), today()), "code": code} {
			why, status := strings.Join(r.Unsure, " "), verify.CannotTell
			if c.want == "" {
				status = verify.Valid
			}
			if r.Status != status || !strings.Contains(why, c.want) || (c.want == "") != (why == "") {
				t.Errorf("%s, %s: %s %q", name, form, r.Status, why)
			}
		}
	}
	s := labeltest.Statement(t)
	s.Predicate.Schemes[0].Requirements[0].ID = "47"
	if r := mustBundle(t, labeltest.Bundle(t, key, s), keys(t, key.Public()), today()); r.Status != verify.CannotTell || len(r.Unsure) != 1 || !strings.Contains(r.Unsure[0], "not those that this program knows") {
		t.Errorf("other requirements by other rules: %s %v", r.Status, r.Unsure)
	}
}
