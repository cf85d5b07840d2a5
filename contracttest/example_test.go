package contracttest_test

import (
	"context"
	"fmt"
	"os"

	"github.com/asyncwire/asyncwire/contracttest"
	"github.com/asyncwire/asyncwire/runtime/driver"
	"github.com/asyncwire/asyncwire/runtime/memory"
	"github.com/asyncwire/asyncwire/spec/parse"
	"github.com/asyncwire/asyncwire/spec/resolve"
)

func ExampleVerify() {
	ctx := context.Background()
	loader, _ := resolve.NewFiles("testdata")
	doc, _ := parse.Load(ctx, loader, "testdata/lights.v2.yaml")
	transport := memory.New(nil)

	report, err := contracttest.Verify(ctx, doc, transport, &contracttest.Options{
		Max: 2,
		Ready: func([]string) {
			for _, payload := range []string{`{"lumens": 3}`, `{"lumens": -3}`} {
				_ = transport.Publish(ctx, &driver.Message{Address: "lamps.7.measured", Value: []byte(payload)})
			}
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range report.Findings {
		fmt.Println(d)
	}
	_ = report.WriteText(os.Stdout)
	// Output:
	// testdata/lights.v2.yaml:24:37: error: payload at /lumens: must be at least 0, is -3 [payload-invalid]
	//                          seen  passed  failed  unchecked  unknown
	// lamps.{lampId}.measured     2       1       1          0        0
	//   lamps.7.measured          2       1       1          0        0
	//     measured                2       1       1          0        0
	// lamps.{lampId}.command: no message seen at lamps.{lampId}.command
	//
	// 2 messages seen: 1 passed, 1 failed, 0 unchecked, 0 unknown
}
