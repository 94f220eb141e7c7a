package versions

import (
	"os/exec"
	"strings"
	"testing"
)

// pair is two versions and which of them comes first.
type pair struct {
	a, order, b string
}

func (p pair) want() int { return strings.Index("<=>", p.order) - 1 }

func hold(t *testing.T, compare Order, pairs []pair) {
	t.Helper()
	for _, p := range pairs {
		if got := compare(p.a, p.b); got != p.want() {
			t.Errorf("%s is to be %s %s, got %d", p.a, p.order, p.b, got)
		}
		if got := compare(p.b, p.a); got != -p.want() {
			t.Errorf("%s is to be %s %s, got the other way round %d", p.a, p.order, p.b, got)
		}
	}
}

var debPairs = []pair{
	{"1.0", "=", "1.0"},
	{"1.0", "<", "1.1"},
	{"1.2", "<", "1.10"},
	{"1.0-1", "<", "1.0-2"},
	{"1.0", "<", "1.0-1"},
	{"1.0-0", "=", "1.0"},
	{"0:1.0", "=", "1.0"},
	{"1:0.1", ">", "9.9"},
	{"1.0~rc1", "<", "1.0"},
	{"1.0~rc1-1", "<", "1.0-1"},
	{"1.0~~", "<", "1.0~"},
	{"1.0~", "<", "1.0~a"},
	{"1.0a", ">", "1.0"},
	{"1.0a", "<", "1.0+b"},
	{"1.0+dfsg-1", ">", "1.0-1"},
	{"7.88.1-10+deb12u4", "<", "7.88.1-10+deb12u12"},
	{"1.1.1n-0+deb11u5", ">", "1.1.1n-0+deb11u4"},
	{"2.36-9+deb12u7", "<", "2.36-10"},
	{"1.2-3+b1", ">", "1.2-3"},
	{"1.001", "=", "1.1"},
	{"2.4.6-git-1", ">", "2.4.6-1"},
	{"99999999999999999999999", ">", "99999999999999999999998"},
	{"1.0-1ubuntu2", "<", "1.0-1ubuntu2.1"},
	{"20230311", "<", "20230311+deb12u1"},
}

func TestDeb(t *testing.T) { hold(t, Deb, debPairs) }

// TestDebAsDpkg asks dpkg itself.
func TestDebAsDpkg(t *testing.T) {
	dpkg, err := exec.LookPath("dpkg")
	if err != nil {
		t.Skip("dpkg is not there")
	}
	words := map[string]string{"<": "lt", "=": "eq", ">": "gt"}
	for _, p := range debPairs {
		if err := exec.Command(dpkg, "--compare-versions", p.a, words[p.order], p.b).Run(); err != nil {
			t.Errorf("dpkg does not say that %s is %s %s: %v", p.a, p.order, p.b, err)
		}
	}
}

var rpmPairs = []pair{
	{"1.0", "=", "1.0"},
	{"1.0", "<", "2.0"},
	{"2.0.1", ">", "2.0"},
	{"2.0.1a", ">", "2.0.1"},
	{"5.5p1", "<", "5.5p10"},
	{"10xyz", "<", "10.1xyz"},
	{"xyz10", "<", "xyz10.1"},
	{"xyz.4", "<", "8"},
	{"1.0010", ">", "1.9"},
	{"1.05", "=", "1.5"},
	{"2_0", "=", "2.0"},
	{"fc4", "=", "fc.4"},
	{"2.0.1-1.el8", "<", "2.0.1-2.el8"},
	{"1:1.0", ">", "2.0"},
	{"1.0~rc1", "<", "1.0"},
	{"1.0~rc1", "<", "1.0~rc2"},
	{"1.0^git1", ">", "1.0"},
	{"1.0^git1", "<", "1.0.1"},
	{"1.0^", ">", "1.0"},
	{"1.0~rc1^git1", ">", "1.0~rc1"},
	{"1.0^git1~pre", "<", "1.0^git1"},
	{"a", "<", "b"},
	{"1.1.1k-7.el8_6", "<", "1.1.1k-12.el8_9"},
}

func TestRPM(t *testing.T) { hold(t, RPM, rpmPairs) }

// TestRPMAsRPM asks rpm itself.
func TestRPMAsRPM(t *testing.T) {
	rpm, err := exec.LookPath("rpm")
	if err != nil {
		t.Skip("rpm is not there")
	}
	for _, p := range rpmPairs {
		if strings.ContainsAny(p.a+p.b, ":") {
			continue // rpm.vercmp of older releases reads no epoch
		}
		out, err := exec.Command(rpm, "--eval", `%{lua:print(rpm.vercmp("`+p.a+`","`+p.b+`"))}`).Output()
		if err != nil {
			t.Skipf("rpm compares nothing: %v", err)
		}
		want := map[string]string{"<": "-1", "=": "0", ">": "1"}[p.order]
		if got := strings.TrimSpace(string(out)); got != want {
			t.Errorf("rpm says %s of %s and %s, want %s", got, p.a, p.b, want)
		}
	}
}

func TestAPK(t *testing.T) {
	hold(t, APK, []pair{
		{"1.36.1-r0", "<", "1.36.1-r1"},
		{"1.36.1-r9", "<", "1.36.1-r10"},
		{"1.2", "<", "1.10"},
		{"1.2", "<", "1.2.0"},
		{"1.02", "<", "1.1"},
		{"1.002", "<", "1.02"},
		{"9.9", "<", "10.0"},
		{"1.1.1n-r0", "<", "1.1.1o-r0"},
		{"1.1.1", "<", "1.1.1a"},
		{"2.0_rc1", "<", "2.0"},
		{"2.0_alpha2", "<", "2.0_beta1"},
		{"2.0_rc1", ">", "2.0_pre5"},
		{"9.6_p1-r0", ">", "9.6-r9"},
		{"9.6_p1", "<", "9.6_p2"},
		{"1.0_git20200101", ">", "1.0"},
		{"1.0_git20200101", "<", "1.0_p1"},
		{"1.0_alpha_pre2", "<", "1.0_alpha"},
		{"2.86-r0", "=", "2.86-r0"},
		{"1.2.3~abcd-r1", "=", "1.2.3~ef01-r1"},
	})
}

func TestSemVer(t *testing.T) {
	hold(t, SemVer, []pair{
		{"1.0.0-alpha", "<", "1.0.0-alpha.1"},
		{"1.0.0-alpha.1", "<", "1.0.0-alpha.beta"},
		{"1.0.0-beta.2", "<", "1.0.0-beta.11"},
		{"1.0.0-rc.1", "<", "1.0.0"},
		{"v1.2.3", "=", "1.2.3"},
		{"1.2.3+build5", "=", "1.2.3"},
		{"1.20", "=", "1.20.0"},
		{"1.21rc2", "<", "1.21"},
		{"1.21.3", "<", "1.21.10"},
		{"0.0.0-20210101000000-abcdef", "<", "0.0.0-20220101000000-abcdef"},
		{"0.17.0", ">", "0.0.0-20220101000000-abcdef"},
	})
}

func TestUpstream(t *testing.T) {
	hold(t, Upstream, []pair{
		{"1.0.1f", "<", "1.0.1g"},
		{"1.0.2z", "<", "1.0.2za"},
		{"1.0.1", "<", "1.0.1a"},
		{"1.0.1e-fips", "<", "1.0.1f"},
		{"1.0.2-beta1", "<", "1.0.2"},
		{"1.0.0-rc2", "<", "1.0.0"},
		{"2.80rc1", "<", "2.80"},
		{"2.9", "<", "2.10"},
		{"1.2", "=", "1.2.0"},
		{"1.2", "<", "1.2.0.1"},
		{"1.2.0", ">", "1.2rc1"},
		{"v2.10", "=", "2.10"},
		{"8.5p1", ">", "8.5"},
		{"8.5p1", "<", "8.6"},
		{"9.8p1", "<", "9.10p1"},
		{"4.19.300", "<", "4.19.*"},
		{"4.20", ">", "4.19.*"},
		{"2016.74", "<", "2017.75"},
		{"4.4.60", "<", "4.4.302"},
		{"1.4.63", "<", "1.4.64"},
	})
}

func TestIsDate(t *testing.T) {
	for version, want := range map[string]bool{
		"2019-08-08": true, "20190808": true, "2016.74": true, "v2022.01": true, "2.9": false, "0": false, "": false, "19": false, "22000101": false,
	} {
		if got := IsDate(version); got != want {
			t.Errorf("%q: %t, want %t", version, got, want)
		}
	}
}

// FuzzOrders wants no panic, and the same answer from both sides.
func FuzzOrders(f *testing.F) {
	for _, p := range append(debPairs, rpmPairs...) {
		f.Add(p.a, p.b)
	}
	f.Add("1.0^^~-1", ":-:*_r0-r")
	f.Add("2.0-a1", "2.0-alpha.1-0.")
	f.Fuzz(func(t *testing.T, a, b string) {
		for name, compare := range map[string]Order{"deb": Deb, "rpm": RPM, "apk": APK, "semver": SemVer, "maven": Maven, "pypi": PyPI, "upstream": Upstream} {
			if x, y := compare(a, b), compare(b, a); x != -y {
				t.Errorf("%s: %q and %q: %d, the other way round %d", name, a, b, x, y)
			}
			if d := compare(a, a); d != 0 {
				t.Errorf("%s: %q is not itself: %d", name, a, d)
			}
		}
	})
}

func TestMaven(t *testing.T) {
	hold(t, Maven, []pair{
		{"4.1.48.Final", "=", "4.1.48"},
		{"4.1.48.Final", "<", "4.1.118.Final"},
		{"5.3.0.RELEASE", "=", "5.3"},
		{"1.0.0", "=", "1"},
		{"1-ga", "=", "1.ga"},
		{"2.0-alpha1", "<", "2.0-beta1"},
		{"2.0-a1", "=", "2.0-alpha-1"},
		{"2.0-rc2", "<", "2.0"},
		{"2.0-rc1", "=", "2.0-cr1"},
		{"2.0-SNAPSHOT", "<", "2.0"},
		{"2.0-rc1", "<", "2.0-SNAPSHOT"},
		{"2.0", "<", "2.0-sp1"},
		{"2.0", "<", "2.0-1"},
		{"2.0-1", "<", "2.0.1"},
		{"1-foo", "<", "1-1"},
		{"9.4.57.v20241219", ">", "9.4.57"},
		{"9.4.57.v20241219", "<", "9.4.58.v20250101"},
		{"32.0.0-android", "<", "32.0.0-jre"},
		{"2.9.10.8", ">", "2.9.10"},
		{"", "=", "0"},
	})
}

func TestPyPI(t *testing.T) {
	order := []string{ // the examples of PEP 440, and what it takes for the same
		"1.dev0", "1.0.dev456", "1.0a1", "1.0a2.dev456", "1.0a12.dev456", "1.0a12", "1.0b1.dev456", "1.0b2", "1.0b2.post345.dev456",
		"1.0b2.post345", "1.0rc1.dev456", "1.0rc1", "1.0", "1.0+abc.5", "1.0+abc.7", "1.0+5", "1.0.post456.dev34", "1.0.post456", "1.0.15", "1.1.dev1", "1!0.1",
	}
	var pairs []pair
	for i := range order {
		for k := i + 1; k < len(order); k++ {
			pairs = append(pairs, pair{order[i], "<", order[k]})
		}
	}
	hold(t, PyPI, append(pairs, []pair{
		{"1.0", "=", "1.0.0"},
		{"v1.0", "=", "1.0"},
		{"1.0-alpha.1", "=", "1.0a1"},
		{"1.0c1", "=", "1.0rc1"},
		{"1.0-1", "=", "1.0.post1"},
		{"1.0-r4", "=", "1.0.post4"},
		{"1.0DEV3", "=", "1.0.dev3"},
		{"4.2b1", "<", "4.2"},
		{"2023.7.22", ">", "2022.12.7"},
		{"", "<", "0.0.1"},
	}...))
}
