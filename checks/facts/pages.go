package facts

import "github.com/assay-iot/assay"

// Page is a published document, as the web gave it.
type Page struct {
	Address string `json:"address"` // as declared
	Status  int    `json:"status"`  // of HTTP, after redirects
	Type    string `json:"type"`    // media type, without parameters
	Text    string `json:"text"`    // plain text of a page; other documents as they are
	Scripts bool   `json:"scripts,omitempty"`
}

// At is the place of the page.
func (p Page) At() assay.Location { return assay.Location{Path: p.Address} }

// Pages are the documents at the addresses that the product file names.
var Pages = &Given[[]Page]{
	Name:    "pages",
	Doc:     "The published documents at the declared addresses.",
	Without: "the published page was not asked: needs --online",
}

// PageAt finds the page of an address.
func PageAt(pages []Page, address string) (Page, bool) {
	for _, p := range pages {
		if p.Address == address {
			return p, true
		}
	}
	return Page{}, false
}

// EarlierLabel is the support period that an earlier label of the same product
// promises.
type EarlierLabel struct {
	None  bool   `json:"none,omitempty"` // it was looked for, and there is none
	Until string `json:"until"`          // as 2006-01-02
	Where string `json:"where"`          // address or file of the label
}

// Earlier is the earlier label, given or found in the registry.
var Earlier = &Given[EarlierLabel]{
	Name:    "earlier-label",
	Doc:     "The support period of an earlier label of the product.",
	Without: "earlier labels of the product were not asked for: needs --online",
}

// PrivacyNotice is the notice that the maker's site has for the product.
var PrivacyNotice = &Given[Page]{
	Name:    "privacy-notice",
	Doc:     "The privacy notice of the product, as published.",
	Without: "the privacy notice was not asked: needs --online",
}
