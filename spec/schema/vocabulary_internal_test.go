package schema

import "testing"

// TestEveryKeywordHasAVocabulary holds each row that restricts values since
// 2019-09 to belong to one, so that a meta-schema can leave it out.
func TestEveryKeywordHasAVocabulary(t *testing.T) {
	for _, row := range keywordTable() {
		if row.effect == restricts && row.dialects&since2019 != 0 && vocabularyOf(row.name) == 0 {
			t.Errorf("%s is of no vocabulary", row.name)
		}
	}
}
