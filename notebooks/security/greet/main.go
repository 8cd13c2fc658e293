// Greets in a language, as "de" or "fr, en;q=0.5".
package main

import (
	"fmt"
	"os"

	"golang.org/x/text/language"
)

var greetings = map[string]string{"de": "Guten Tag", "fr": "Bonjour", "en": "Good day"}

func main() {
	wanted := "en"
	if len(os.Args) > 1 {
		wanted = os.Args[1]
	}
	for _, tag := range understood(wanted) {
		if words, ok := greetings[tag.String()]; ok {
			fmt.Println(words)
			return
		}
	}
	fmt.Println("Hello")
}

func known(wanted string) []language.Tag {
	switch wanted {
	case "de":
		return []language.Tag{language.German}
	case "fr":
		return []language.Tag{language.French}
	}
	return []language.Tag{language.English}
}
