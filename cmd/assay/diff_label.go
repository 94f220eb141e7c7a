package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/assay-iot/assay"
	"github.com/assay-iot/assay/cmd/assay/internal/compare"
	"github.com/assay-iot/assay/labels"
)

// labelSide reads a label: a PDF, or a bundle in JSON. Nobody verifies it here: what
// it says is compared, not whether it is genuine.
func labelSide(name string) (s compare.Side, ok bool, err error) {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() || info.Size() > maxLabelFile {
		return s, false, nil
	}
	l, err := readLabel(name, "")
	if err != nil {
		if !beginsWith(name, "%PDF-") {
			err = nil // it may be something else
		}
		return s, false, err
	}
	p := &l.statement.Predicate
	s = newSide(name, kindLabel, p.AsOf, assay.Tool{Name: p.Tool.Name, Version: p.Tool.Version})
	for _, f := range p.Firmware {
		s.Digests = append(s.Digests, f.Digest)
	}
	s.Claims = labelClaims(p)
	return s, true, nil
}

const kindLabel = "label"

// The ranks of outcomes; what is not decided stands between yes and no.
var outcomeClaims = map[assay.Outcome]int{assay.NotMet: 1, assay.Undecided: 2, assay.Met: 3, assay.DoesNotApply: 3}

// labelClaims lists what a label says, by names that both labels have.
func labelClaims(l *labels.Label) map[string]compare.Claim {
	c := map[string]compare.Claim{
		"issuer":             {Text: fmt.Sprintf("%s (%s)", l.Issuer.Name, l.Issuer.Standing)},
		"product":            {Text: l.Product.Maker.Name + " " + l.Product.Name},
		"models":             {Text: strings.Join(l.Product.Models, ", ")},
		"valid until":        {Text: l.ValidUntil},
		"security updates":   {Text: "until " + l.Product.SupportUntil, Rank: dayRank(l.Product.SupportUntil)},
		"software examined":  {Text: fmt.Sprintf("%.1f %%", float64(permille(l.Coverage))/10), Rank: 1 + permille(l.Coverage)},
		"exceptions":         {Text: fmt.Sprint(l.Exceptions), Rank: 1 << 20 / (1 + l.Exceptions)},
		"decisions in spite": {Text: fmt.Sprint(len(l.Despite)), Rank: 1 << 20 / (1 + len(l.Despite))},
		"passwords":          {Text: strings.Join(l.Declared.Passwords, ", ")},
		"sensors":            {Text: strings.Join(l.Declared.Sensors, ", ")},
		"personal data":      {Text: strings.Join(l.Declared.PersonalData, ", ")},
		"recipients":         {Text: strings.Join(l.Declared.Recipients, ", ")},
		"updates by itself":  {Text: yesOrNo(l.Declared.AutomaticUpdates)},
	}
	for _, f := range l.Firmware {
		c["firmware "+f.Name] = compare.Claim{Text: strings.TrimSpace(f.Version + " " + string(f.Digest))}
		c["firmware "+f.Name+", lowest version"] = compare.Claim{Text: f.Minimum}
	}
	for _, p := range l.Principles {
		c["principle "+string(p.Principle)+", proof"] = compare.Claim{Text: p.Proof.String(), Rank: 1 + int(p.Proof)}
		c["principle "+string(p.Principle)+", outcome"] = compare.Claim{Text: p.Outcome.String(), Rank: outcomeClaims[p.Outcome], Open: p.Outcome == assay.Undecided}
	}
	for _, s := range l.Schemes {
		c["scheme "+s.ID] = compare.Claim{Text: strings.TrimSuffix(fmt.Sprintf("%s, level %d", s.Edition, s.Level), ", level 0"), Rank: 1 + s.Level, Counts: true}
		for _, r := range s.Requirements {
			c["requirement "+s.ID+":"+r.ID] = compare.Claim{Text: r.Outcome.String() + ", " + r.Proof.String(), Rank: 10*outcomeClaims[r.Outcome] + int(r.Proof), Open: r.Outcome == assay.Undecided}
		}
	}
	for _, o := range l.AlsoAssessed {
		c["looked at too: "+o.ID] = compare.Claim{Text: o.Edition + ": " + o.Outcome.String(), Rank: outcomeClaims[o.Outcome], Open: o.Outcome == assay.Undecided}
	}
	return c
}

// dayRank makes later days higher numbers.
func dayRank(day string) int {
	d, err := assay.Date(day)
	if err != nil {
		return 0
	}
	return int(d.Unix() / 86400)
}

func permille(c labels.Coverage) int {
	if c.Bytes <= 0 {
		return 0
	}
	return int(float64(c.Examined()) / float64(c.Bytes) * 1000)
}

func yesOrNo(b *bool) string {
	switch {
	case b == nil:
		return ""
	case *b:
		return "yes"
	}
	return "no"
}
