// kubectl create job, cronjob, pdb and priorityclass, and autoscale.
#include "tests/support/world_test.h"

namespace sim::testing {
namespace {

using CreateBatchTest = WorldTest;

TEST_F(CreateBatchTest, Jobs) {
  EXPECT_EQ(type("kubectl create job hello --image=nginx:1.25 -- echo hi"),
            "job.batch/hello created\n");
  EXPECT_EQ(type("kubectl create job hello --image=nginx:1.25"),
            "error: failed to create job: jobs.batch \"hello\" already exists\n");
  EXPECT_EQ(type("kubectl create job other"),
            "error: either --image or --from must be specified\n");
  EXPECT_EQ(type("kubectl create job other --from=job/hello"),
            "error: from must be an existing cronjob\n");
  EXPECT_EQ(type("kubectl create job other --from=cronjob/nosuch"),
            "Error from server (NotFound): cronjobs.batch \"nosuch\" not found\n");
}

TEST_F(CreateBatchTest, CronJobs) {
  EXPECT_EQ(type("kubectl create cronjob tick --image=nginx:1.25"),
            "error: required flag(s) \"schedule\" not set\n");
  EXPECT_EQ(type("kubectl create cj tick --image=nginx:1.25 --schedule='*/5 * * * *' -- date"),
            "cronjob.batch/tick created\n");
  EXPECT_EQ(type("kubectl get cj tick --no-headers | tr -s ' '")
                .rfind("tick */5 * * * * <none> False 0 <none>", 0),
            0u);
}

TEST_F(CreateBatchTest, Budgets) {
  EXPECT_EQ(type("kubectl create pdb x --min-available=1"),
            "error: a selector must be specified\n");
  EXPECT_EQ(type("kubectl create pdb x --selector=app=x"),
            "error: one of min-available or max-unavailable must be specified\n");
  EXPECT_EQ(type("kubectl create pdb x --selector=app=x --max-unavailable=25%"),
            "poddisruptionbudget.policy/x created\n");
  EXPECT_EQ(type("kubectl get pdb x -o jsonpath='{.spec.maxUnavailable}'"), "25%");
}

TEST_F(CreateBatchTest, Autoscale) {
  write("web.yaml", deployment("web", 1));
  type("kubectl apply -f web.yaml");
  EXPECT_EQ(type("kubectl autoscale deployment web"), "error: required flag(s) \"max\" not set\n");
  EXPECT_EQ(type("kubectl autoscale deployment web --min=2 --max=5 --cpu-percent=80"),
            "horizontalpodautoscaler.autoscaling/web autoscaled\n");
  EXPECT_EQ(type("kubectl get hpa --no-headers | tr -s ' ' | cut -d' ' -f1-7"),
            "web Deployment/web cpu: <unknown>/80% 2 5 0\n");
  EXPECT_EQ(type("kubectl autoscale deployment web --max=1 --min=3"),
            "error: --max=MAXPODS must be larger or equal to --min=MINPODS, max: 1, min: 3\n");
}

}  // namespace
}  // namespace sim::testing
