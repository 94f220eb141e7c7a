// Package disclosure holds the checks of the principle that a maker has a policy for
// reported vulnerabilities.
package disclosure
