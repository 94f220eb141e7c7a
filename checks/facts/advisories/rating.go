package advisories

import (
	"strings"

	cvss20 "github.com/pandatix/go-cvss/20"
	cvss30 "github.com/pandatix/go-cvss/30"
	cvss31 "github.com/pandatix/go-cvss/31"
	cvss40 "github.com/pandatix/go-cvss/40"
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

// cvss are the versions of the Common Vulnerability Scoring System, each by how its
// vectors begin, with the metrics of a base score. Version 2 begins with a metric.
var cvss = []struct {
	prefix  string
	metrics []string
	score   func(vector string) (float64, error)
}{
	{"CVSS:4.0/", []string{"AV", "AC", "AT", "PR", "UI", "VC", "VI", "VA", "SC", "SI", "SA"}, func(v string) (float64, error) {
		c, err := cvss40.ParseVector(v)
		if err != nil {
			return 0, err
		}
		return c.Score(), nil
	}},
	{"CVSS:3.1/", cvss3, func(v string) (float64, error) {
		c, err := cvss31.ParseVector(v)
		if err != nil {
			return 0, err
		}
		return c.BaseScore(), nil
	}},
	{"CVSS:3.0/", cvss3, func(v string) (float64, error) {
		c, err := cvss30.ParseVector(v)
		if err != nil {
			return 0, err
		}
		return c.BaseScore(), nil
	}},
	{"", []string{"AV", "AC", "Au", "C", "I", "A"}, func(v string) (float64, error) {
		c, err := cvss20.ParseVector(v)
		if err != nil {
			return 0, err
		}
		return c.BaseScore(), nil
	}},
}

var cvss3 = []string{"AV", "AC", "PR", "UI", "S", "C", "I", "A"}

// scoreOf computes the base score of a vector of CVSS 2.0, 3.0, 3.1 or 4.0; 0 for what
// is none. What it says of a threat or an environment is left out: it is not that of
// the device.
func scoreOf(vector string) float64 {
	vector = strings.Trim(vector, "() ")
	if len(vector) > maxName {
		return 0
	}
	said := map[string]string{}
	for pair := range strings.SplitSeq(vector, "/") {
		name, value, _ := strings.Cut(pair, ":")
		said[name] = value
	}
	for _, version := range cvss {
		if !strings.HasPrefix(vector, version.prefix) || version.prefix == "" && said["CVSS"] != "" {
			continue
		}
		var base []string
		for _, m := range version.metrics {
			base = append(base, m+":"+said[m])
		}
		score, err := version.score(version.prefix + strings.Join(base, "/"))
		if err != nil {
			return 0
		}
		return score
	}
	return 0
}
