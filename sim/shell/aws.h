// What the services of the `aws` stand-in share: a call with its options, answers with --query and
// --output, refusals, and the file systems and buckets of the modelled cloud. Those are Disk rows:
// a bucket's name is "s3.csi.aws.com/BUCKET", a file system's "DRIVER/fs-…"; what the API server
// would not know of them (tags, kind) stands in the row's labels and annotations.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/shell/host_call.h"
#include "sim/world/machine.h"

namespace sim::aws {

struct Request {
  HostCall& call;
  std::string service;
  std::string operation;
  HostOptions options;

  const World& world() const { return call.world; }
  std::string region() const;
  /// Shows an answer as --query and --output ask.
  void answer(const Json& json);
  /// "An error occurred (CODE) when calling the NAME operation: …"
  void refuse(std::string_view code, std::string_view operation_name, std::string_view message);
  void unmodelled();
};

inline constexpr std::string_view kAccount = "123456789012";

// The services.
void s3(Request& request);
void eks(Request& request);
void efs(Request& request);
void fsx(Request& request);
void ec2(Request& request);

/// The Disk row of that name as the plan will leave it; null when there is none.
std::shared_ptr<const Disk> find_disk(const HostCall& call, std::string_view name, Ref* ref);
void put_disk(HostCall& call, const Disk& disk, std::string_view why);
/// All rows whose name begins so, by name.
std::vector<std::shared_ptr<const Disk>> disks(const HostCall& call, std::string_view prefix);

std::string bucket_row(std::string_view bucket);
/// Lustre file systems that are linked to a bucket take over what changed there; before that, what
/// changed on them has been taken over into the bucket. podsight links them when `aws` looks.
void export_to_bucket(HostCall& call, const std::string& bucket);
void import_from_bucket(HostCall& call, const std::string& bucket);

/// [{"Key": …, "Value": …}] of "Key=Name,Value=x" words.
Json tags_of(const std::vector<std::string>& words);
/// "Name" of such a list.
std::string name_tag(const Json& tags);

}  // namespace sim::aws
