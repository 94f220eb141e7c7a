package verify_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/assay-iot/assay/labels"
	"github.com/assay-iot/assay/labels/compact"
	"github.com/assay-iot/assay/labels/labeltest"
	"github.com/assay-iot/assay/labels/pdf"
	"github.com/assay-iot/assay/labels/picture"
	"github.com/assay-iot/assay/labels/status"
	"github.com/assay-iot/assay/labels/verify"
)

const listAddress = "https://labels.acme.example/status/2026"

func listed(t testing.TB) *labels.Statement {
	t.Helper()
	s := labeltest.Statement(t)
	s.Predicate.Status = &labels.Status{List: listAddress, Index: 4711}
	return s
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02T15", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func day(t testing.TB, s string) int { return int(at(t, s+"T00").Unix() / 86400) }

// list is a list signed on 2026-11-01 at noon for a week, of which a copy may be
// kept for three days.
func list(t testing.TB) status.New {
	return status.New{
		Address: listAddress, Issuer: "labels.acme.example", Size: 8192, Signed: at(t, "2026-11-01T12"),
		Life: 7 * 24 * time.Hour, TTL: 3 * 24 * time.Hour,
	}
}

func signList(t testing.TB, key crypto.Signer, n status.New) []byte {
	t.Helper()
	data, err := n.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func compactLabel(t testing.TB, key crypto.Signer, s *labels.Statement) (message []byte, text string) {
	t.Helper()
	c, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	if message, err = c.Sign(key); err != nil {
		t.Fatal(err)
	}
	if text, err = compact.Code(&s.Predicate, message); err != nil {
		t.Fatal(err)
	}
	return message, text
}

// forms gives the label in every form that verifies without a renderer.
func forms(t testing.TB, key crypto.Signer, s *labels.Statement) map[string][]byte {
	message, text := compactLabel(t, key, s)
	return map[string][]byte{"bundle": labeltest.Bundle(t, key, s), "compact": message, "text": []byte(text)}
}

func given(tokens ...[]byte) func(string) ([][]byte, error) {
	return func(string) ([][]byte, error) { return tokens, nil }
}

// What a label is on a day, by the list that is there and the clock that is
// there.
func TestStatus(t *testing.T) {
	key, stranger := newECDSA(t, elliptic.P256()), newECDSA(t, elliptic.P256())
	with := func(changes ...status.Change) status.New { n := list(t); n.Changes = changes; return n }
	change := func(date string, v status.Value) status.Change {
		return status.Change{Index: 4711, Day: day(t, date), Value: v}
	}
	later := func(n status.New, d time.Duration) status.New { n.Signed = n.Signed.Add(d); return n }
	suspended, revoked := with(change("2026-10-20", 2)), with(change("2026-10-20", 1))
	elsewhere := with(status.Change{Index: 4712, Day: day(t, "2026-10-20"), Value: 1})
	fresh := list(t)
	foreign, moved, short, old := fresh, fresh, fresh, fresh
	foreign.Issuer, moved.Address, short.Size, old.Signed = "other.example", "https://labels.acme.example/status/2025", 4096, at(t, "2026-10-01T12")
	flipped := signList(t, key, fresh)
	flipped[len(flipped)-1] ^= 1
	sign := func(n status.New) []byte { return signList(t, key, n) }
	for name, c := range map[string]struct {
		asOf, now string // now with its hour; noon of the day asked for if empty
		lists     [][]byte
		want      verify.Status
		says      string
	}{
		"valid":                        {"2026-11-02", "", [][]byte{sign(fresh)}, verify.Valid, "valid, as of 2026-11-01T12:00:00Z"},
		"another label is revoked":     {"2026-11-02", "", [][]byte{sign(with(status.Change{Index: 4712, Day: day(t, "2026-10-20"), Value: 1}))}, verify.Valid, ""},
		"revoked":                      {"2026-11-02", "", [][]byte{sign(with(change("2026-10-20", status.Revoked)))}, verify.Revoked, "has revoked it"},
		"suspended":                    {"2026-11-02", "", [][]byte{sign(with(change("2026-10-20", status.Suspended)))}, verify.Suspended, "for now"},
		"superseded":                   {"2026-11-02", "", [][]byte{sign(with(change("2026-10-20", status.Superseded)))}, verify.Superseded, "taken its place"},
		"suspended and valid again":    {"2026-11-02", "", [][]byte{sign(with(change("2026-10-20", 2), change("2026-10-25", 0)))}, verify.Valid, ""},
		"no list":                      {"2026-11-02", "", nil, verify.FreshnessUnknown, "there is no status list"},
		"just fresh":                   {"2026-11-04", "2026-11-04T11", [][]byte{sign(fresh)}, verify.Valid, ""},
		"older than its ttl":           {"2026-11-04", "2026-11-04T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "too old"},
		"expired list":                 {"2026-11-20", "", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "too old"},
		"revoked in an expired list":   {"2026-11-20", "", [][]byte{sign(with(change("2026-10-20", 1)))}, verify.Revoked, "has revoked it"},
		"suspended in an expired list": {"2026-11-20", "", [][]byte{sign(with(change("2026-10-20", 2)))}, verify.FreshnessUnknown, "too old"},
		"signed in the future":         {"2026-10-20", "2026-10-20T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "a clock is wrong"},
		"a clock of 1970":              {"2026-11-02", "1970-01-01T00", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "a clock is wrong"},
		"a clock of 2099":              {"2099-01-01", "2099-01-01T00", [][]byte{sign(fresh)}, verify.SupportEnded, "ended on 2031-06-30"},
		"of another issuer":            {"2026-11-02", "", [][]byte{sign(foreign)}, verify.FreshnessUnknown, "of another issuer"},
		"of another address":           {"2026-11-02", "", [][]byte{sign(moved)}, verify.FreshnessUnknown, "of another issuer or address"},
		"by a key not trusted":         {"2026-11-02", "", [][]byte{signList(t, newECDSA(t, elliptic.P256()), fresh)}, verify.FreshnessUnknown, "not signed by the label's issuer"},
		"by another trusted key":       {"2026-11-02", "", [][]byte{signList(t, stranger, fresh)}, verify.FreshnessUnknown, "not signed by the label's issuer"},
		"too short":                    {"2026-11-02", "", [][]byte{sign(short)}, verify.FreshnessUnknown, "outside the status list"},
		"a flipped bit":                {"2026-11-02", "", [][]byte{flipped}, verify.FreshnessUnknown, "does not verify"},
		"no list at all":               {"2026-11-02", "", [][]byte{[]byte("<html>")}, verify.FreshnessUnknown, "not a status list"},
		"a label as list":              {"2026-11-02", "", [][]byte{forms(t, key, listed(t))["compact"]}, verify.FreshnessUnknown, "not a status list"},
		"a newer one was seen, which has revoked it": {"2026-11-02", "", [][]byte{sign(old), sign(with(change("2026-10-20", 1)))}, verify.Revoked, "rolled back"},
		"a newer one was seen, which is stale":       {"2026-11-06", "", [][]byte{sign(old), sign(fresh)}, verify.FreshnessUnknown, "rolled back"},
		"an older one was seen":                      {"2026-11-02", "", [][]byte{sign(fresh), sign(old)}, verify.Valid, ""},
		"the one that was seen is broken":            {"2026-11-02", "", [][]byte{sign(fresh), []byte("x")}, verify.Valid, ""},
		"revoked in a list of the same second":       {"2026-11-02", "", [][]byte{sign(fresh), sign(revoked)}, verify.Revoked, ""},
		"revoked in the given one of that second":    {"2026-11-02", "", [][]byte{sign(revoked), sign(fresh)}, verify.Revoked, ""},
		"suspended in a list of the same second":     {"2026-11-02", "", [][]byte{sign(fresh), sign(suspended)}, verify.Suspended, ""},
		"suspended, then valid in that second":       {"2026-11-02", "", [][]byte{sign(suspended), sign(with(change("2026-10-20", 2), change("2026-10-21", 0)))}, verify.Valid, ""},
		"two of one second, each with a change":      {"2026-11-02", "", [][]byte{sign(elsewhere), sign(suspended)}, verify.FreshnessUnknown, "contradict each other"},
		"two of one second, each with a revocation":  {"2026-11-02", "", [][]byte{sign(elsewhere), sign(revoked)}, verify.Revoked, ""},
		"a later one has lost the revocation":        {"2026-11-02", "", [][]byte{sign(later(fresh, time.Hour)), sign(revoked)}, verify.Revoked, ""},
		"a later one has lost the suspension":        {"2026-11-02", "", [][]byte{sign(later(fresh, time.Hour)), sign(suspended)}, verify.FreshnessUnknown, "contradict each other"},
		"a rolled back one has the revocation":       {"2026-11-02", "", [][]byte{sign(revoked), sign(later(fresh, time.Hour))}, verify.Revoked, ""},
		"on an earlier day, in the same second":      {"2026-10-22", "2026-11-02T12", [][]byte{sign(fresh), sign(revoked)}, verify.Revoked, ""},
		"before the day, in the same second":         {"2026-10-19", "2026-11-02T12", [][]byte{sign(fresh), sign(revoked)}, verify.Valid, ""},
		"suspended that day, in the same second":     {"2026-10-22", "2026-11-02T12", [][]byte{sign(fresh), sign(suspended)}, verify.Suspended, ""},
		"that day, lost by a later one":              {"2026-10-22", "2026-11-02T12", [][]byte{sign(later(fresh, time.Hour)), sign(suspended)}, verify.FreshnessUnknown, "contradict each other"},
		"on a day before it was revoked":             {"2026-10-19", "2026-11-02T12", [][]byte{sign(with(change("2026-10-20", 1)))}, verify.Valid, ""},
		"on the day on which it was revoked":         {"2026-10-20", "2026-11-02T12", [][]byte{sign(with(change("2026-10-20", 1)))}, verify.Revoked, ""},
		"on a day on which it was suspended":         {"2026-10-22", "2026-11-02T12", [][]byte{sign(with(change("2026-10-20", 2), change("2026-10-25", 0)))}, verify.Suspended, ""},
		"on an earlier day, ten years later":         {"2026-10-19", "2036-11-02T12", [][]byte{sign(with(change("2026-10-20", 1)))}, verify.Valid, ""},
		"on a day after the list, years later":       {"2026-12-24", "2036-11-02T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "too old"},
		"on a day that its list ended in":            {"2026-11-02", "2026-11-05T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "before 2026-11-02 was over"},
		"on the day of its list, which is over":      {"2026-11-01", "2026-11-02T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "before 2026-11-01 was over"},
		"on a day to come":                           {"2026-11-03", "2026-11-02T12", [][]byte{sign(fresh)}, verify.FreshnessUnknown, "nobody knows yet"},
		"revoked, on a day to come":                  {"2026-11-03", "2026-11-02T12", [][]byte{sign(with(change("2026-10-20", 1)))}, verify.Revoked, ""},
		"expired, and revoked":                       {"2027-10-10", "2027-10-10T12", nil, verify.Expired, "expired on 2027-10-01"},
		"expired, list missing":                      {"2027-10-02", "", nil, verify.Expired, "is not known"},
	} {
		for form, data := range forms(t, key, listed(t)) {
			o := verify.Options{AsOf: c.asOf, Now: at(t, c.asOf+"T12"), Status: given(c.lists...)}
			if c.now != "" {
				o.Now = at(t, c.now)
			}
			r, err := verify.File(data, keys(t, key.Public(), stranger.Public()), o)
			if err != nil {
				t.Fatalf("%s, %s: %v", name, form, err)
			}
			var b bytes.Buffer
			if err := r.Text(&b); err != nil {
				t.Fatal(err)
			}
			if r.Status != c.want || !strings.Contains(b.String(), c.says) || (r.Status == verify.FreshnessUnknown) != (r.Status.ExitCode() == 4) {
				t.Errorf("%s, %s: %s, want %s and %q:\n%s", name, form, r.Status, c.want, c.says, b.String())
			}
		}
	}
}

// What is kept for the next time never loses a change: of two lists of one second
// it is the one that tells more, and where each tells something else, what was
// kept stays.
func TestNewestKeepsEveryChange(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	with := func(index ...int) []byte {
		n := list(t)
		for _, i := range index {
			n.Changes = append(n.Changes, status.Change{Index: i, Day: day(t, "2026-10-20"), Value: status.Suspended})
		}
		return signList(t, key, n)
	}
	none, one, two := with(), with(1), with(2)
	for name, c := range map[string]struct {
		given, kept, want []byte
	}{
		"the given one tells more": {one, none, one},
		"the kept one tells more":  {none, one, one},
		"each tells something":     {two, one, nil},
	} {
		o := verify.Options{AsOf: "2026-11-02", Now: at(t, "2026-11-02T12"), Status: given(c.given, c.kept)}
		r := mustBundle(t, labeltest.Bundle(t, key, listed(t)), keys(t, key.Public()), o)
		if r.Status != verify.Valid || !bytes.Equal(r.List.Newest, c.want) {
			t.Errorf("%s: %s, kept as it should be: %v", name, r.Status, bytes.Equal(r.List.Newest, c.want))
		}
	}
}

// An answer for another day names it, and says first what has become of the label
// since: nobody shows a revoked label as a genuine one by asking for an earlier day.
func TestOtherDay(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	revoked := list(t)
	revoked.Changes = []status.Change{{Index: 4711, Day: day(t, "2026-10-20"), Value: status.Revoked}}
	for _, c := range []struct {
		asOf, now string
		list      status.New
		want      string
	}{
		{"2026-10-19", "2026-11-02T12", revoked, "This label is genuine and was valid on 2026-10-19, but it is revoked now: "},
		{"2026-10-19", "2026-11-02T12", list(t), "This label is genuine and was valid on 2026-10-19: "},
		{"2026-10-19", "2028-01-01T12", list(t), "This label is genuine and was valid on 2026-10-19, but it expired on 2027-10-01: "},
		{"2026-10-19", "2036-01-01T12", list(t), "This label is genuine and was valid on 2026-10-19, but security updates ended on 2031-06-30: "},
		{"2026-11-02", "2026-11-02T12", list(t), "This label is genuine: "},
	} {
		o := verify.Options{AsOf: c.asOf, Now: at(t, c.now), Status: given(signList(t, key, c.list))}
		r := mustBundle(t, labeltest.Bundle(t, key, listed(t)), keys(t, key.Public()), o)
		if r.Status != verify.Valid || !strings.HasPrefix(r.Summary, c.want) {
			t.Errorf("%s, asked on %s: %s, want %q", c.asOf, c.now, r.Summary, c.want)
		}
		var b bytes.Buffer
		if err := r.Text(&b); err != nil {
			t.Fatal(err)
		}
		if since := strings.Contains(b.String(), "revoked since; list of"); since != strings.Contains(c.want, "revoked now") {
			t.Errorf("the detail tells what came since: %v\n%s", since, b.String())
		}
	}
	o := verify.Options{AsOf: "2027-01-01", Now: at(t, "2026-11-02T12")}
	if r := mustBundle(t, labeltest.Bundle(t, key, labeltest.Statement(t)), keys(t, key.Public()), o); !strings.Contains(r.Summary, "valid on 2027-01-01; what is withdrawn until then nobody knows") {
		t.Errorf("a day to come: %s", r.Summary)
	}
}

func TestStatusIsAsked(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	ks := keys(t, key.Public())
	asked := 0
	o := today()
	o.Status = func(address string) ([][]byte, error) {
		if asked++; address != listAddress {
			t.Errorf("asked for %s", address)
		}
		return nil, errors.New("no network")
	}
	data := labeltest.Bundle(t, key, listed(t))
	if r := mustBundle(t, data, ks, o); r.Status != verify.FreshnessUnknown || asked != 1 || !strings.Contains(r.Reasons[0], "no network") {
		t.Errorf("%s, asked %d times: %v", r.Status, asked, r.Reasons)
	}
	// nobody is asked about a forged label, nor about one without a list, nor against the wish
	forged := bytes.Replace(data, []byte(`"sig":"M`), []byte(`"sig":"N`), 1)
	mustBundle(t, forged, ks, o)
	mustBundle(t, data, keys(t, newECDSA(t, elliptic.P256()).Public()), o)
	if r := mustBundle(t, labeltest.Bundle(t, key, labeltest.Statement(t)), ks, o); r.Status != verify.Valid || !strings.Contains(r.Reasons[0], "no status service") {
		t.Errorf("without a list: %s %v", r.Status, r.Reasons)
	}
	o.NoStatus = true
	if r := mustBundle(t, data, ks, o); r.Status != verify.Valid || !r.List.Skipped || !strings.Contains(r.Reasons[0], "not asked") {
		t.Errorf("not asked: %s %v", r.Status, r.Reasons)
	}
	if asked != 1 {
		t.Errorf("asked %d times", asked)
	}
	o = today()
	if r := mustBundle(t, data, ks, o); r.Status != verify.FreshnessUnknown || !strings.Contains(r.Reasons[0], listAddress) {
		t.Errorf("nobody to ask: %s %v", r.Status, r.Reasons)
	}
}

// A key that the issuer took up later signs lists for labels of the earlier one.
func TestStatusByLaterKey(t *testing.T) {
	key, later := newECDSA(t, elliptic.P256()), newECDSA(t, elliptic.P256())
	ks := keys(t, key.Public(), later.Public())
	o := today()
	o.Status = given(signList(t, later, list(t)))
	o.Now = at(t, "2026-11-01T13")
	data := labeltest.Bundle(t, key, listed(t))
	if r := mustBundle(t, data, ks, o); r.Status != verify.FreshnessUnknown {
		t.Errorf("keys of nobody together: %s", r.Status)
	}
	ks[0].Issuer, ks[1].Issuer = "acme", "acme"
	if r := mustBundle(t, data, ks, o); r.Status != verify.Valid {
		t.Errorf("keys of one issuer: %s %v", r.Status, r.Reasons)
	}
}

func TestCompact(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := labeltest.Statement(t)
	digest, _ := s.Digest()
	message, text := compactLabel(t, key, s)
	r, err := verify.File([]byte(text), keys(t, key.Public()), today())
	if err != nil || r.Status != verify.Valid || r.Digest != digest || r.Summary != "This label is genuine: Acme Devices GmbH Aurora Cam 2." {
		t.Fatalf("%+v, %v", r, err)
	}
	var b bytes.Buffer
	if err := r.Text(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Is this the product in your hand?", "AC2-W, AC2-B", "until 2031-06-30", "self-declared", string(digest), "platform-statement (2019-11-14)"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
	r, err = verify.File(message, keys(t, newECDSA(t, elliptic.P256()).Public()), today())
	if err != nil || r.Status != verify.NotAuthentic || r.Compact != nil || !strings.Contains(r.Summary, "not signed with a key that you gave") {
		t.Errorf("another key: %+v, %v", r, err)
	}
	message[len(message)-1] ^= 1
	r, err = verify.File(message, keys(t, key.Public()), today())
	if err != nil || r.Status != verify.NotAuthentic || !strings.Contains(r.Summary, "signature does not fit") {
		t.Errorf("changed: %+v, %v", r, err)
	}
	elsewhere := strings.Replace(text, "labels.acme.example", "labels.acme.evil", 1)
	r, err = verify.File([]byte(elsewhere), keys(t, key.Public()), today())
	if err != nil || r.Status != verify.Valid || !strings.Contains(strings.Join(r.Reasons, "\n"), "leads to labels.acme.evil, but its issuer is at labels.acme.example") {
		t.Errorf("another address: %+v, %v", r, err)
	}
	o := today()
	o.Image = &verify.Image{Name: "x", Digest: digest}
	for version, want := range map[string]verify.Status{
		"": verify.FirmwareUnknown, "2.4.1": verify.FirmwareUnknown, "2.5": verify.FirmwareNewer, "2.1.9": verify.FirmwareUnsupported,
	} {
		if o.Image.Read = nil; version != "" {
			o.Image.Read = func() verify.Stated {
				return verify.Stated{Products: []string{"aurora-cam-2"}, Versions: []string{version}}
			}
		}
		r, err := verify.File([]byte(text), keys(t, key.Public()), o)
		if err != nil || r.Status != want || (want == verify.FirmwareUnknown) != strings.Contains(r.Summary, "a QR code holds no digest") {
			t.Errorf("an image of version %q: %v, %v", version, r, err)
		}
	}
	for _, bad := range []string{"https://labels.acme.example/l", "#", "\xd2", text[:len(text)-1], s.Predicate.Issuer.Address + "#" + string(digest)[:20]} {
		if _, err := verify.File([]byte(bad), keys(t, key.Public()), today()); !errors.Is(err, labels.ErrNotLabel) {
			t.Errorf("%.40q: %v", bad, err)
		}
	}
}

// A PDF whose QR code is of another label, by another key, or says more than
// its bundle.
func TestPDFWithCode(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := labeltest.Statement(t)
	bundle := labeltest.Bundle(t, key, s)
	o := today()
	o.Render = pdf.Again
	check := func(name string, message []byte, want verify.Status, says string) {
		t.Helper()
		data, err := pdf.Render(s, bundle, message, picture.Default)
		if err != nil {
			t.Fatal(err)
		}
		if r := mustPDF(t, data, keys(t, key.Public()), o); r.Status != want || !strings.Contains(r.Summary, says) {
			t.Errorf("%s: %s: %s", name, r.Status, r.Summary)
		}
	}
	good, _ := compactLabel(t, key, s)
	check("its own", good, verify.Valid, "")
	check("none", nil, verify.Valid, "")
	other := labeltest.Statement(t)
	other.Predicate.ID = "another"
	ofAnother, _ := compactLabel(t, key, other)
	check("of another label", ofAnother, verify.NotAuthentic, "about another label")
	byAnother, _ := compactLabel(t, newECDSA(t, elliptic.P256()), s)
	check("by another key", byAnother, verify.NotAuthentic, "QR code is not genuine")
	check("no label", []byte("\xd2hello"), verify.NotAuthentic, "not one of a label")
	c, err := compact.FromStatement(s, key.Public())
	if err != nil {
		t.Fatal(err)
	}
	c.SupportUntil = "2039-01-01"
	more, err := c.Sign(key)
	if err != nil {
		t.Fatal(err)
	}
	check("that says more", more, verify.NotAuthentic, "says something else")
	good[len(good)-1] ^= 1
	check("changed", good, verify.NotAuthentic, "QR code is not genuine")
}

// An ECDSA key whose curve is not the one of the algorithm that it would use.
func TestKeysOfWrongLength(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	message, _ := compactLabel(t, key, labeltest.Statement(t))
	wrong := verify.Key{ID: "x", Public: &ecdsa.PublicKey{Curve: elliptic.P521()}}
	if r, err := verify.File(message, []verify.Key{wrong}, today()); err != nil || r.Status != verify.NotAuthentic {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzFile(f *testing.F) {
	key := labeltest.Key()
	s := listed(f)
	ks := keys(f, key.Public())
	known := map[string]bool{}
	token := signList(f, key, list(f))
	for _, data := range forms(f, key, s) {
		f.Add(data, token)
		known[string(data)] = true
	}
	f.Fuzz(func(t *testing.T, data, token []byte) {
		o := verify.Options{AsOf: "2026-11-01", Now: at(t, "2026-11-01T13"), Status: given(token)}
		r, err := verify.File(data, ks, o)
		if err == nil && r.Status == verify.Valid && !known[string(data)] && !compact.IsText(data) {
			t.Fatalf("verifies, but was never signed: %q", data)
		}
	})
}

// A name of which a code holds the beginning only is never summed up as if it were whole.
func TestCompactTellsWhatIsCut(t *testing.T) {
	key := newECDSA(t, elliptic.P256())
	s := labeltest.Statement(t)
	s.Predicate.Product.Name, s.Predicate.Product.Models = strings.Repeat("Aurora ", 17)+"X", nil
	maker := strings.Repeat("Acme ", 23) + "GmbH"
	s.Predicate.Product.Maker.Name, s.Predicate.Issuer.Name = maker, maker
	_, text := compactLabel(t, key, s)
	r, err := verify.File([]byte(text), keys(t, key.Public()), today())
	if err != nil || r.Status != verify.Valid || !r.Compact.IsShortened(compact.FieldMaker) || strings.Count(r.Summary, "…") != 2 {
		t.Errorf("%+v %v", r, err)
	}
}
