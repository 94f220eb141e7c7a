package advisories

import (
	"math"
	"strings"
)

// Rating is how grave a vulnerability is, in words.
type Rating string

// The ratings, gravest first. The empty Rating says that nobody rated it.
const (
	Critical   Rating = "critical"
	High       Rating = "high"
	Medium     Rating = "medium"
	Low        Rating = "low"
	Negligible Rating = "negligible"
)

// rated gives the rating for a CVSS score.
func rated(score float64) Rating {
	switch {
	case score >= 9:
		return Critical
	case score >= 7:
		return High
	case score >= 4:
		return Medium
	case score > 0:
		return Low
	}
	return ""
}

// ratingOf understands the words of advisories.
func ratingOf(word string) Rating {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "critical":
		return Critical
	case "high", "important":
		return High
	case "medium", "moderate":
		return Medium
	case "low", "minor":
		return Low
	case "negligible", "unimportant", "none":
		return Negligible
	}
	return ""
}

// scoreOf computes the base score of a CVSS 3.0 or 3.1 vector by the equations of
// its specification (section 7.1); 0 for what is no such vector.
func scoreOf(vector string) float64 {
	m := metrics(vector)
	if m == nil {
		return 0
	}
	changed := m["S"] == "C"
	weights := map[string]map[string]float64{
		"AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}, "AC": {"L": 0.77, "H": 0.44}, "UI": {"N": 0.85, "R": 0.62},
		"PR": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": impact, "I": impact, "A": impact,
	}
	if changed {
		weights["PR"] = map[string]float64{"N": 0.85, "L": 0.68, "H": 0.5}
	}
	w := map[string]float64{}
	for metric, values := range weights {
		v, ok := values[m[metric]]
		if !ok {
			return 0
		}
		w[metric] = v
	}
	iss := 1 - (1-w["C"])*(1-w["I"])*(1-w["A"])
	worth := 6.42 * iss
	if changed {
		worth = 7.52*(iss-0.029) - 3.25*math.Pow(iss-0.02, 15)
	}
	if worth <= 0 {
		return 0
	}
	sum := worth + 8.22*w["AV"]*w["AC"]*w["PR"]*w["UI"]
	if changed {
		sum *= 1.08
	}
	return roundUp(min(sum, 10))
}

var impact = map[string]float64{"H": 0.56, "L": 0.22, "N": 0}

// metrics reads CVSS:3.1/AV:N/AC:L/…
func metrics(vector string) map[string]string {
	if len(vector) > maxName || !strings.HasPrefix(vector, "CVSS:3.") {
		return nil
	}
	m := map[string]string{}
	for pair := range strings.SplitSeq(vector, "/") {
		name, value, _ := strings.Cut(pair, ":")
		m[name] = value
	}
	return m
}

// roundUp rounds up to one decimal place, by the appendix of CVSS 3.1.
func roundUp(x float64) float64 {
	n := int64(math.Round(x * 100000))
	if n%10000 == 0 {
		return float64(n) / 100000
	}
	return float64(n/10000+1) / 10
}
