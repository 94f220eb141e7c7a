// Package words has what a label says, in each language, as data: one file for
// each language, all of one shape. A place in braces is filled in; each language
// has the same places.
//
// The words are part of a renderer: once it is released they never change.
package words

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/assay-iot/assay"
)

// Language is a language of labels, by its BCP 47 tag.
type Language string

// The languages.
const (
	English  Language = "en"
	German   Language = "de"
	French   Language = "fr"
	Japanese Language = "ja"
	Arabic   Language = "ar"
)

// Languages lists the languages; the first is the default.
func Languages() []Language { return []Language{English, German, French, Japanese, Arabic} }

// Of gives the words of a language, nil if there are none.
func Of(l Language) *Words {
	switch l {
	case English:
		return &english
	case German:
		return &german
	case French:
		return &french
	case Japanese:
		return &japanese
	case Arabic:
		return &arabic
	}
	return nil
}

// Counted says how many there are of something, in the forms that the CLDR's
// plural rules tell apart. A language fills those that it has.
type Counted struct{ Zero, One, Two, Few, Many, Other string }

// Principle is one of the nine, in a sentence and in few words.
type Principle struct{ Long, Short string }

// Proof is a word for how something is known, and what that means.
type Proof struct{ Word, Meaning string }

// Words are all the words of a label in one language.
type Words struct {
	Tag         Language
	RightToLeft bool
	Capitals    bool // headings are set in capitals
	plural      func(n int) string
	forms       []string // that plural gives

	Months             [12]string
	Date, FirstOfMonth string
	Decimal            string
	Percent, Under     string
	Comma, Semicolon   string // between the entries of lists
	More               string

	SecurityLabel, Demo, SelfDeclared, IssuedBy, Model, Models string
	Support                                                    string
	MakerSays                                                  string
	Updates, UpdatesBySelf, UpdatesByYou                       string
	Passwords                                                  string
	Password                                                   map[string]string
	SensorsAndData, Declared, NoSensors, WithSensors           string
	NoneNamed                                                  string
	Terms, Absent                                              map[string]string
	Recipients, NoRecipients, Unsaid                           string

	NinePrinciples                         string
	Principles                             map[assay.Principle]Principle
	Proofs                                 map[assay.Proof]Proof
	NotFollowed, DoesNotApply, NotAssessed string

	WhatWasExamined                              string
	CoverExamined, CoverClosed, CoverOpen, OfAll string
	Kinds                                        map[string]string
	Examined, NotExamined, Unreadable, Only      string
	Nothing, ClosedPart, Firmware, Range, Rest   string
	Exceptions                                   string

	By, BySelf, Scheme, Level, AlsoLooked, AlsoScheme string
	Met, NotMet, NoConclusion                         string
	Despite, DespiteItem, DespiteShort                string
	Dates, ValidUntil, Disclaimer, NotEndorsed        string
	Scan, More2                                       string

	Details, Page                                           string
	ProductAndMaker, Address, Website, Contact, Policy      string
	Deletion, GTIN, ProductID, LabelID                      string
	SchemeByScheme, SchemeWord, Mandatory, Recommended      string
	CountMet, CountNotMet, CountOpen, CountNot, CountNone   string
	KnownBy                                                 string
	PrincipleByPrinciple, PrincipleWord, HowKnown, Decided  string
	DecidedOf                                               Counted
	LookedInto, ByDeclaration                               string
	FirmwareWord, Name, Version, Lowest, Digest, Unopened   string
	Documents, Kind, DocumentBy, DateWord, NoDocuments      string
	DocumentKinds                                           map[string]string
	JudgedBy                                                string
	RuleKinds                                               map[string]string
	ExceptionCount                                          Counted
	Withdrawal, StatusPlace, NoStatus                       string
	Digests, OfLabel, OfAssessment, OfDeclaration, OfPolicy string
	Evidence                                                string
	HowToVerify                                             string
	Verify                                                  []string
	CodeMeans, CodeMeansDigest                              string
}

// Fill writes values in their places: pairs of a place's name and a value. In a
// language from right to left a value stands between marks, so that what is in
// it does not run into what is around it.
func (w *Words) Fill(text string, pairs ...string) string {
	var list []string
	for i := 0; i+1 < len(pairs); i += 2 {
		list = append(list, "{"+pairs[i]+"}", w.apart(pairs[i+1]))
	}
	return strings.NewReplacer(list...).Replace(text)
}

const leftMark, rightMark = "\u200E", "\u200F"

// apart keeps a value from running into what is around it: it stands between
// marks of the language's direction, and if it runs the other way, its own marks
// keep its ends together. So it is an isolate, for a reader without isolates.
// Those of a text that is made of such values stand already: pairs of left marks
// never lie in each other.
func (w *Words) apart(s string) string {
	if !w.RightToLeft || !strings.ContainsFunc(s, unicode.IsLetter) {
		return s
	}
	if w.runsLeft(s) {
		s = leftMark + s + leftMark
	}
	return rightMark + s + rightMark
}

// runsLeft reports whether a text without marks begins with a letter of another
// script.
func (w *Words) runsLeft(s string) bool {
	i := strings.IndexFunc(s, unicode.IsLetter)
	return i >= 0 && isLeft(s[i:]) && !strings.Contains(s, rightMark)
}

func isLeft(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.Is(unicode.Arabic, r)
}

// Titled names a scheme and its edition. Where both are foreign, they are one
// foreign name.
func (w *Words) Titled(title, edition string) string {
	if w.RightToLeft && w.runsLeft(title) && (w.runsLeft(edition) || !strings.ContainsFunc(edition, unicode.IsLetter)) {
		return w.apart(english.Titled(title, edition))
	}
	return w.Fill(w.Scheme, "title", title, "edition", edition)
}

// Count says how many there are, in the right form.
func (w *Words) Count(c Counted, n int, pairs ...string) string {
	text := map[string]string{"zero": c.Zero, "one": c.One, "two": c.Two, "few": c.Few, "many": c.Many, "other": c.Other}[w.plural(n)]
	return w.Fill(text, append([]string{"n", strconv.Itoa(n)}, pairs...)...)
}

// Long writes a date (YYYY-MM-DD) as people read it.
func (w *Words) Long(date string) string {
	t, err := assay.Date(date)
	if err != nil {
		return date
	}
	day := strconv.Itoa(t.Day())
	if t.Day() == 1 {
		day = w.FirstOfMonth
	}
	return strings.NewReplacer("{day}", day, "{month}", w.Months[t.Month()-1], "{year}", strconv.Itoa(t.Year())).Replace(w.Date)
}

// List names the first n of a list, at least one, and counts the rest.
func (w *Words) List(list []string, n int) string {
	n = max(n, 1)
	named := list[:min(n, len(list))]
	if w.RightToLeft {
		named = slices.Clone(named)
		for i, s := range named {
			named[i] = w.apart(s)
		}
	}
	text := strings.Join(named, w.Comma)
	if len(list) > n {
		return strings.NewReplacer("{list}", text, "{n}", strconv.Itoa(len(list)-n)).Replace(w.More)
	}
	return text
}

// Share writes part of whole with one decimal. It rounds against the product:
// what was examined down, what was not up.
func (w *Words) Share(part, whole int64, up bool) string {
	if whole <= 0 {
		return w.Fill(w.Percent, "n", "0")
	}
	tenths := part * 1000 / whole // sizes are below 2^53, so this does not overflow
	if up && part > 0 && tenths == 0 {
		return w.Fill(w.Under, "n", "0"+w.Decimal+"1")
	}
	if up && part*1000%whole > 0 {
		tenths++
	}
	n := fmt.Sprint(tenths / 10)
	if tenths%10 != 0 {
		n += w.Decimal + fmt.Sprint(tenths%10)
	}
	return w.Fill(w.Percent, "n", n)
}

// Sentence begins with a capital.
func Sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return strings.ToUpper(string(r)) + s[n:]
}

func onlyOther(int) string { return "other" }

func oneOther(n int) string {
	if n == 1 {
		return "one"
	}
	return "other"
}

// zeroOne is the rule of languages in which nothing is singular too.
func zeroOne(n int) string {
	if n <= 1 {
		return "one"
	}
	return "other"
}

// sixForms is the rule of Arabic.
func sixForms(n int) string {
	switch h := n % 100; {
	case n == 0:
		return "zero"
	case n == 1:
		return "one"
	case n == 2:
		return "two"
	case h >= 3 && h <= 10:
		return "few"
	case h >= 11:
		return "many"
	}
	return "other"
}
