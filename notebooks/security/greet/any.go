//go:build any

package main

import "golang.org/x/text/language"

// understood takes all that a browser sends.
func understood(wanted string) []language.Tag {
	tags, _, err := language.ParseAcceptLanguage(wanted)
	if err != nil {
		return known(wanted)
	}
	return tags
}
