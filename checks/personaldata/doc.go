// Package personaldata holds the checks of the principle that personal and critical data
// is protected.
package personaldata
