package password

import (
	"errors"
	"io"
)

// Doubt is something that cannot be promised of a policy although it is taken.
type Doubt struct {
	Where       Problem // the section, without words
	NotProvable Reason  // why its expression is not; "" = no password could be generated under it
}

// Doubts are what cannot be promised of each policy: that all is known about its expression, and that there are passwords
// for it. To find that out it generates some; randomness must come from crypto/rand, and an error of it is returned.
func (p Policies) Doubts(source io.Reader) (doubts []Doubt, err error) {
	for _, policy := range p.All() {
		where := p.sectionProblem(policy.Section, "")
		if reason := policy.NotProvable(); reason != "" {
			doubts = append(doubts, Doubt{where, reason})
		}
		switch _, err := policy.Generate(source, ""); {
		case errors.Is(err, ErrNoPassword):
			doubts = append(doubts, Doubt{Where: where})
		case err != nil:
			return nil, err
		}
	}
	return doubts, nil
}
