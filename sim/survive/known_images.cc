#include "sim/survive/known_images.h"

#include <string>

#include "sim/files/image.h"

namespace sim {
namespace {

struct KnownImage {
  std::string_view repository;  // its last parts
  std::vector<std::string_view> data;
  std::string_view source;  // where it says so
};

const std::vector<KnownImage>& known_images() {
  static const std::vector<KnownImage> images = {
      {"bitnami/mariadb", {"/bitnami/mariadb"}, "bitnami/containers README: persisting"},
      {"bitnami/mongodb", {"/bitnami/mongodb"}, "bitnami/containers README: persisting"},
      {"bitnami/mysql", {"/bitnami/mysql"}, "bitnami/containers README: persisting"},
      {"bitnami/postgresql", {"/bitnami/postgresql"}, "bitnami/containers README: persisting"},
      {"bitnami/redis", {"/bitnami/redis/data"}, "bitnami/containers README: persisting"},
      {"bitnami/wordpress", {"/bitnami/wordpress"}, "bitnami/containers README: persisting"},
      {"alertmanager", {"/alertmanager"}, "prometheus/alertmanager Dockerfile: VOLUME"},
      {"cassandra", {"/var/lib/cassandra"}, "docker-library/cassandra: VOLUME"},
      {"couchdb", {"/opt/couchdb/data"}, "apache/couchdb-docker: VOLUME"},
      {"cp-kafka", {"/var/lib/kafka/data"}, "confluentinc/kafka-images: VOLUME"},
      {"drupal", {"/var/www/html/sites"}, "docker-library/drupal docs: volumes"},
      {"elasticsearch", {"/usr/share/elasticsearch/data"}, "elastic.co docker reference: bind"},
      {"filebrowser", {"/srv"}, "filebrowser/filebrowser Dockerfile: VOLUME"},
      {"ghost", {"/var/lib/ghost/content"}, "docker-library/ghost: VOLUME"},
      {"gitea", {"/data"}, "go-gitea/gitea Dockerfile: VOLUME"},
      {"grafana", {"/var/lib/grafana"}, "grafana/grafana Dockerfile: GF_PATHS_DATA"},
      {"httpd", {"/usr/local/apache2/htdocs"}, "docker-library/httpd docs: document root"},
      {"influxdb", {"/var/lib/influxdb2"}, "influxdata-docker: VOLUME"},
      {"jenkins", {"/var/jenkins_home"}, "jenkinsci/docker: VOLUME"},
      {"loki", {"/loki"}, "grafana/loki local-config.yaml: path_prefix"},
      {"mariadb", {"/var/lib/mysql"}, "MariaDB/mariadb-docker: VOLUME"},
      {"minio", {"/data"}, "minio/minio Dockerfile: VOLUME"},
      {"mongo", {"/data/db", "/data/configdb"}, "docker-library/mongo: VOLUME"},
      {"mssql/server", {"/var/opt/mssql"}, "learn.microsoft.com SQL Server containers: persist"},
      {"mysql", {"/var/lib/mysql"}, "docker-library/mysql: VOLUME"},
      {"neo4j", {"/data"}, "neo4j/docker-neo4j: VOLUME"},
      {"nextcloud", {"/var/www/html"}, "nextcloud/docker: VOLUME"},
      {"nexus3", {"/nexus-data"}, "sonatype/docker-nexus3: VOLUME"},
      {"nginx", {"/usr/share/nginx/html"}, "nginxinc/docker-nginx default.conf: root"},
      {"percona", {"/var/lib/mysql"}, "percona/percona-docker: VOLUME"},
      {"postgres", {"/var/lib/postgresql/data"}, "docker-library/postgres: VOLUME"},
      {"prometheus", {"/prometheus"}, "prometheus/prometheus Dockerfile: VOLUME"},
      {"rabbitmq", {"/var/lib/rabbitmq"}, "docker-library/rabbitmq: VOLUME"},
      {"redis", {"/data"}, "docker-library/redis: VOLUME"},
      {"registry", {"/var/lib/registry"}, "distribution/distribution-library-image: VOLUME"},
      {"retail-store-sample-assets",
       {"/usr/share/nginx/html/assets"},
       "aws-containers/retail-store-sample-app assets: nginx root"},
      {"solr", {"/var/solr"}, "apache/solr-docker: VOLUME"},
      {"sonarqube", {"/opt/sonarqube/data"}, "SonarSource/docker-sonarqube: VOLUME"},
      {"valkey", {"/data"}, "valkey-io/valkey-container: VOLUME"},
      {"wordpress", {"/var/www/html"}, "docker-library/wordpress: VOLUME"},
      {"zookeeper", {"/data", "/datalog"}, "31z4/zookeeper-docker: VOLUME"},
  };
  return images;
}

/// Whether a repository ends in these parts.
bool ends_in(std::string_view repository, std::string_view parts) {
  if (repository.size() < parts.size()) return false;
  const std::size_t begin = repository.size() - parts.size();
  return repository.substr(begin) == parts && (begin == 0 || repository[begin - 1] == '/');
}

const KnownImage* find_known(std::string_view image) {
  const std::string normal = normal_image_name(image);
  std::string_view repository(normal);
  repository = repository.substr(0, repository.find('@'));
  const std::size_t colon = repository.rfind(':');
  if (colon != std::string_view::npos && repository.find('/', colon) == std::string_view::npos) {
    repository = repository.substr(0, colon);
  }
  for (const KnownImage& known : known_images()) {
    if (ends_in(repository, known.repository)) return &known;
  }
  return nullptr;
}

}  // namespace

std::vector<std::string_view> data_directories(std::string_view image) {
  const KnownImage* known = find_known(image);
  return known ? known->data : std::vector<std::string_view>();
}

std::vector<std::string_view> declared_volumes(std::string_view image) {
  const KnownImage* known = find_known(image);
  const bool declares = known && known->source.ends_with(": VOLUME");
  return declares ? known->data : std::vector<std::string_view>();
}

}  // namespace sim
